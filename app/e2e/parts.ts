import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { APP } from "../test/support.js";

const STORAGE_SERVER = "github.com/fsouza/fake-gcs-server@v1.56.1";

/** A part that runs, or why it does not. */
export type Part = { readonly url: string } | { readonly missing: string };

export interface Parts {
  readonly storage: Part;
  readonly pubsub: Part;
  stop(): Promise<void>;
}

/** Google's Pub/Sub emulator and a server of Cloud Storage's API, on loopback. */
export async function startParts(wanted: { readonly pubsub: boolean }): Promise<Parts> {
  const children: ChildProcess[] = [];
  const start = async (part: string, command: string, args: string[], env: NodeJS.ProcessEnv, url: string) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output.push(chunk.toString());
        output.splice(0, output.length - 20);
      });
    }
    const end = Date.now() + 60_000;
    for (;;) {
      try {
        await fetch(url, { signal: AbortSignal.timeout(2000) });
        return { url };
      } catch {
        if (child.exitCode !== null || Date.now() > end) {
          throw new Error(`${part} does not answer at ${url}: ${output.join("")}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const emulator: Found = wanted.pubsub ? findEmulator() : { missing: "no Pub/Sub emulator was wanted" };
  const storageServer = findStorageServer();
  let pubsub: Part = { missing: emulator.missing ?? "" };
  let storage: Part = { missing: storageServer.missing ?? "" };
  if (emulator.command !== undefined) {
    const port = await freePort();
    pubsub = await start(
      "the Pub/Sub emulator",
      emulator.command,
      ["--host=127.0.0.1", `--port=${port}`],
      { JAVA_OPTS: "-Xmx512m" },
      `http://127.0.0.1:${port}`,
    );
  }
  if (storageServer.command !== undefined) {
    const port = await freePort();
    storage = await start(
      "fake-gcs-server",
      storageServer.command,
      ["-scheme=http", "-host=127.0.0.1", `-port=${port}`, "-backend=memory", "-log-level=error"],
      // To it, and with it the notifications of its buckets go.
      "url" in pubsub ? { PUBSUB_EMULATOR_HOST: pubsub.url.slice("http://".length) } : {},
      `http://127.0.0.1:${port}`,
    );
  }
  const stop = async (): Promise<void> => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await ended;
    }
  };
  return { pubsub, storage, stop };
}

/** What is missing, for the line that says why a test is skipped; undefined: nothing. */
export function missing(...parts: Part[]): string | undefined {
  return parts.flatMap((part) => ("missing" in part ? [part.missing] : [])).join("; ") || undefined;
}

interface Found {
  readonly command?: string;
  readonly missing?: string;
}

function findEmulator(): Found {
  const gcloud = which("gcloud");
  const roots = [
    process.env.CLOUDSDK_ROOT_DIR,
    gcloud && join(realpathSync(gcloud), "../.."),
    "/usr/lib/google-cloud-sdk",
    join(homedir(), "google-cloud-sdk"),
  ];
  const command = roots
    .filter((root) => root !== undefined)
    .map((root) => join(root, "platform/pubsub-emulator/bin/cloud-pubsub-emulator"))
    .find((path) => existsSync(path));
  if (command === undefined) {
    return { missing: "no Pub/Sub emulator: gcloud components install pubsub-emulator" };
  }
  if (!process.env.JAVA_HOME && which("java") === undefined) {
    return { missing: "no Java for the Pub/Sub emulator" };
  }
  return { command };
}

function findStorageServer(): Found {
  const folder = join(APP, "node_modules/.cache/e2e", STORAGE_SERVER.split("/").at(-1) as string);
  const command = join(folder, "fake-gcs-server");
  if (existsSync(command)) return { command };
  if (which("go") === undefined) return { missing: `no Go to install ${STORAGE_SERVER}` };
  mkdirSync(folder, { recursive: true });
  console.log(`installing ${STORAGE_SERVER} …`);
  try {
    execFileSync("go", ["install", STORAGE_SERVER], { env: { ...process.env, GOBIN: folder }, stdio: "pipe" });
  } catch (error) {
    return { missing: `go install ${STORAGE_SERVER} failed: ${String(error).slice(0, 300)}` };
  }
  return { command };
}

function which(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(":")
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
