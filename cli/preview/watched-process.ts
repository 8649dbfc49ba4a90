import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Runs `$2 …` and waits for it. When standard input ends, because it was closed or because the
 * process at its other end is gone, all that was started is ended and the folder `$1` removed.
 */
const WATCHER = `
folder=$1; shift
exec 3<&0
"$@" 3<&- </dev/null & child=$!
(
  trap "" TERM
  cat <&3 >/dev/null
  kill -s TERM -- -$$
  tries=0
  while kill -0 $child 2>/dev/null && [ $tries -lt 60 ]; do sleep 0.05; tries=$((tries + 1)); done
  [ -z "$folder" ] || rm -rf "$folder"
  kill -s KILL -- -$$
) >/dev/null 2>&1 &
trap "" TERM
wait $child; status=$?
exit $status
`;

export interface WatchedOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Removed at the end, also when this process is killed. */
  readonly folder?: string;
  readonly onLine: (line: string) => void;
}

/** A program that never outlives this process, with a process group of its own. */
export class WatchedProcess {
  /** Exit code or signal, when it has ended. */
  public readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;

  public constructor(command: string, args: readonly string[], { env, cwd, folder = "", onLine }: WatchedOptions) {
    this.child = spawn("/bin/sh", ["-c", WATCHER, "sh", folder, command, ...args], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) createInterface(stream).on("line", onLine);
    this.child.stdin!.on("error", () => {});
    this.ended = once(this.child, "exit").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /** Ends it with all that it started. */
  public async stop(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
  }
}
