import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preview } from "../../cli/preview";
import { ServedCommand } from "../../cli/preview/served-command";
import { UnusableInput } from "../../cli/read-input";
import { frontends, merged, services, to } from "../preview/preview-document";

const folder = mkdtempSync(join(tmpdir(), "preview-input-"));
const file = join(folder, "cdk.tf.json");
writeFileSync(
  file,
  JSON.stringify({
    resource: merged(services({ api: ["europe-west1"] }), frontends([{ default_service: to("api") }])),
  }),
);
const packageOf = (name: string, text: string) => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "package.json"), text);
  return join(folder, name);
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["a service that there is not", { serve: ["apj=./run.sh"] }, 'NAME is one of api; did you mean "api"?'],
  ["a service without a command", { serve: ["api="] }, "NAME is one of api"],
  ["a drill that is not there", { drill: "nowhere.json" }, "--drill nowhere.json: no such file"],
  ["a drill that is a folder", { drill: folder }, "not a file that can be read"],
  ["coordinates off the Earth", { from: "99,200" }, "a latitude from -90 to 90"],
])("fails with 2 and one sentence for %s", async (_, options, message) => {
  const { exitCode, stderr } = await preview([file], options);
  expect({ exitCode, lines: stderr.trim().split("\n") }).toEqual({
    exitCode: 2,
    lines: [expect.stringContaining(message)],
  });
});

test("fails with 2 where there is no temporary folder", () => {
  const env = { ...process.env, ENVOY: process.execPath, TMPDIR: join(folder, "gone") };
  const command = [join(__dirname, "../../bin/global-ai-api.cjs"), "preview", file];
  const { status, stderr } = spawnSync(process.execPath, command, { env, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("set TMPDIR to a folder") });
});

test("fails for a folder that npm cannot start", async () => {
  const start = (what: string) => ServedCommand.start(what, { service: "api", region: "europe-west1" }, () => {});
  await expect(start(packageOf("broken", "{ nope"))).rejects.toThrow("package.json is not JSON");
  await expect(start(packageOf("idle", "{}"))).rejects.toThrow("no package.json with a start script");
  await expect(start(packageOf("idler", '{ "scripts": {} }'))).rejects.toThrow(UnusableInput);
});

test("says what it waits for where a program takes long to listen", async () => {
  const program = `node -e "setTimeout(() => require('net').createServer().listen(process.env.PORT), 6000)"`;
  const said: string[] = [];
  const identity = { service: "api", region: "europe-west1" };
  const command = await ServedCommand.start(program, identity, (line) => said.push(line));
  await command.close();
  expect(said[0]).toBe(`[europe-west1] waiting for ${program} to listen on $PORT (${command.port})`);
}, 20_000);
