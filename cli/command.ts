import { UnusableInput } from "./read-input";

/** What a command leaves behind; the caller prints it and exits. */
export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command. An error of a kind that is about the input is exit code 2 and its message. */
export function answering(
  run: () => CommandResult,
  aboutInput: readonly (new (...args: never[]) => Error)[] = [UnusableInput],
): CommandResult {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error && aboutInput.some((kind) => error instanceof kind))) throw error;
    return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
  }
}
