import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MODEL_DIR } from "../test/support.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));

/** The program, as the image runs it. */
export class Worker {
  public readonly lines: Record<string, unknown>[] = [];
  public readonly errors: string[] = [];
  public readonly url: Promise<string>;
  public readonly ended: Promise<number | null>;
  private readonly child;

  public constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH ?? "", MODEL_DIR, INFERENCE_THREADS: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stderr.on("data", (chunk: Buffer) => this.errors.push(chunk.toString()));
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
    this.url = new Promise((resolve, reject) => {
      let rest = "";
      this.child.stdout.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() as string;
        for (const line of lines) {
          const entry = JSON.parse(line) as Record<string, unknown>;
          this.lines.push(entry);
          const port = /^ready on port (\d+)$/.exec(String(entry.message))?.[1];
          if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
        }
      });
      this.ended.then((code) => reject(new Error(`the worker ended with ${code}: ${JSON.stringify(this.lines)}`)));
    });
    this.url.catch(() => undefined);
  }

  public kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
