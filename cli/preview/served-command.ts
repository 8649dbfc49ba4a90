import { existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnusableInput } from "../read-input";
import type { EchoIdentity } from "./echo-server";
import { freePorts } from "./loopback";
import { WatchedProcess } from "./watched-process";

/** Time that a program has to listen on its port: Cloud Run's default for startup, 240 s. */
const STARTUP_MS = 240_000;
/** After which somebody who waits is told what for. */
const PATIENCE_MS = 5_000;

/** A program of the user's that serves one region, told what Cloud Run would tell it. */
export class ServedCommand {
  /**
   * @param what A command line; `image:REFERENCE` for a container image; or a folder whose package.json
   *   has a start script.
   * @throws UnusableInput where it ends before it listens.
   */
  public static async start(
    what: string,
    { service, region }: EchoIdentity,
    say: (line: string) => void,
  ): Promise<ServedCommand> {
    const [port = 0] = await freePorts(1);
    const env = {
      PORT: `${port}`,
      REGION: region,
      K_SERVICE: service,
      K_REVISION: `${service}-preview`,
      K_CONFIGURATION: service,
    };
    const process = watched(what, port, env, (line) => say(`[${region}] ${line}`));
    let isEnded = false;
    const notice = setTimeout(() => say(`[${region}] waiting for ${what} to listen on $PORT (${port})`), PATIENCE_MS);
    void process.ended.then((code) => {
      isEnded = true;
      clearTimeout(notice);
      say(`[${region}] ${what} ended with ${code}`);
    });
    for (const start = Date.now(); !(await listens(port)); await sleep(25)) {
      if (isEnded) throw new UnusableInput(`--serve ${what}: it ended before it listened on $PORT (${port})`);
      if (Date.now() - start < STARTUP_MS) continue;
      await process.stop();
      throw new UnusableInput(`--serve ${what}: it did not listen on $PORT (${port}) within ${STARTUP_MS / 1000} s`);
    }
    clearTimeout(notice);
    return new ServedCommand(process, port);
  }

  private constructor(
    private readonly process: WatchedProcess,
    public readonly port: number,
  ) {}

  public close(): Promise<void> {
    return this.process.stop();
  }
}

function watched(
  what: string,
  port: number,
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
): WatchedProcess {
  const [, image] = /^image:(.+)$/.exec(what) ?? [];
  if (image !== undefined) {
    // In the container the port is Cloud Run's, 8080.
    const variables = Object.entries({ ...env, PORT: "8080" }).map(([name, value]) => `--env=${name}=${value}`);
    const args = ["run", "--rm", "--init", `--publish=127.0.0.1:${port}:8080`, ...variables, image];
    return new WatchedProcess("docker", args, { onLine });
  }
  const settings = { env: { ...process.env, ...env }, onLine };
  const folder = packageFolder(what);
  if (folder === undefined) return new WatchedProcess("/bin/sh", ["-c", what], settings);
  return new WatchedProcess("npm", ["start", "--silent"], { ...settings, cwd: folder });
}

/** @throws UnusableInput for a package that has nothing to start. */
function packageFolder(what: string): string | undefined {
  const folder = resolve(what);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return undefined;
  const file = join(folder, "package.json");
  if (existsSync(file) && hasStart(file)) return folder;
  throw new UnusableInput(`--serve ${what}: the folder has no package.json with a start script`);
}

/** @throws UnusableInput for a file that is not JSON. */
function hasStart(file: string): boolean {
  try {
    const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: { start?: string } };
    return Boolean(scripts?.start);
  } catch {
    throw new UnusableInput(`--serve: ${file} is not JSON`);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}
