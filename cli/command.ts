import { UnusableInput } from "./read-input";

/** What a command leaves behind; the caller prints it and exits. */
export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

type ErrorKinds = readonly (new (...args: never[]) => Error)[];

/** Runs a command. An error of a kind that is about the input is exit code 2 and its message. */
export function answering(run: () => CommandResult, aboutInput?: ErrorKinds): CommandResult {
  try {
    return run();
  } catch (error) {
    return refusal(error, aboutInput);
  }
}

/** The result of a command that an error about its input has ended; any other error is thrown on. */
export function refusal(error: unknown, aboutInput: ErrorKinds = [UnusableInput]): CommandResult {
  if (!(error instanceof Error && aboutInput.some((kind) => error instanceof kind))) throw error;
  return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
}
