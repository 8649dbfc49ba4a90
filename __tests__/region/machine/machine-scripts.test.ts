import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  ADMIT_SCRIPT,
  DRIVER_SCRIPT,
  GPU_METRICS_SCRIPT,
  MODELS_SCRIPT,
  PULL_SCRIPT,
  runScript,
  SECRETS_SCRIPT,
} from "../../../lib/region/machine/machine-scripts";

/** Values that any of YAML, systemd, the shell, docker and Terraform would take for something else. */
const NASTY = [
  "plain",
  "",
  "two words",
  " \"double\" 'single' `id` $(touch pwned) ; rm -rf x & | < > ",
  "$HOME ${HOME} $$ %h %% %{x}",
  "back\\slash \\n \\\\",
  "lines\n\nand trailing\n\n",
  "--privileged",
  "-e",
  "#comment ! * ? [a-z] {a,b} ~",
  "tab\tand é 日本 🎉",
];

/** Writes what it is called with, and what it sees of the environment, to a file of its own, and answers as told. */
const STUB = `#!/bin/bash
log=ROOT/calls/$(basename "$0").$(date +%s%N)
printf '%s\\0' "$@" >"$log"
env -0 >"$log.env"
[ -t 0 ] || cat >"$log.in"
BODY
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "machine-"));
  mkdirSync(join(root, "calls"));
  mkdirSync(join(root, "secrets"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, { mode });
}

function stub(name: string, body = "true"): void {
  write(`bin/${name}`, STUB.replaceAll("ROOT", root).replace("BODY", body), 0o755);
}

/** Runs a script of a machine in the folder, with the stubs in place of the machine's programs. */
function run(script: string, env: { [name: string]: string } = {}) {
  const moved = script
    .replaceAll("/etc/serving", `${root}/etc`)
    .replaceAll("/usr/bin/docker", `${root}/bin/docker`)
    .replaceAll("/var/lib/nvidia", `${root}/nvidia`)
    .replaceAll("/var/lib/serving", `${root}/disk`)
    .replaceAll("/dev/nvidia", `${root}/dev/nvidia`)
    .replaceAll(/sleep \d+/g, "sleep 0");
  return spawnSync("/bin/bash", ["-c", moved], {
    env: { PATH: `${root}/bin:/usr/bin:/bin`, HOME: `${root}/home`, RUNTIME_DIRECTORY: `${root}/secrets`, ...env },
    encoding: "utf8",
    cwd: root,
  });
}

interface Call {
  readonly args: string[];
  readonly env: { [name: string]: string };
  readonly input: string;
}

/** The calls of a stub, in their order. */
function calls(name: string): Call[] {
  const folder = join(root, "calls");
  return readdirSync(folder)
    .filter((file) => new RegExp(`^${name}\\.\\d+$`).test(file))
    .sort()
    .map((file) => ({
      args: readFileSync(join(folder, file), "utf8").split("\0").slice(0, -1),
      env: Object.fromEntries(
        readFileSync(join(folder, `${file}.env`), "utf8")
          .split("\0")
          .filter(Boolean)
          .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
      ),
      input: readFileSync(join(folder, `${file}.in`), "utf8"),
    }));
}

describe("the container", () => {
  beforeEach(() => {
    write("etc/image", "host/path/image@sha256:0");
    stub("docker", 'case $1 in wait) echo 3 ;; image) printf "A=1\\nLD_LIBRARY_PATH=/opt/lib\\n" ;; esac');
  });

  test("gets every value byte by byte, and secrets by name only", () => {
    NASTY.forEach((value, index) => {
      write(`etc/env/V${index}`, value);
      write(`secrets/S${index}`, value);
      write(`etc/command/${String(index).padStart(4, "0")}`, value);
      write(`etc/args/${String(index).padStart(4, "0")}`, value);
    });
    const { status, stderr, stdout } = run(runScript(false), { PORT: "8080", SHM_SIZE_MIB: "64" });
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    expect(stdout).toContain("The container ended with code 3");
    const [call] = calls("docker");
    const names = NASTY.map((_value, index) => index).sort((a, b) => (`V${a}` < `V${b}` ? -1 : 1));
    expect(call!.args).toEqual([
      ...["run", "--detach", "--name=serving", "--pull=never", "--network=host", "--shm-size=64m"],
      ...["--log-driver=json-file", "--log-opt=max-size=50m", "--log-opt=max-file=3", "--env=PORT=8080"],
      ...names.map((index) => `--env=V${index}=${NASTY[index]}`),
      `--entrypoint=${NASTY[0]}`,
      ...names.map((index) => `--env=S${index}`),
      ...["--", "host/path/image@sha256:0"],
      ...NASTY.slice(1),
      ...NASTY,
    ]);
    for (const index of names) expect(call!.env[`S${index}`]).toBe(NASTY[index]);
    expect(readdirSync(root)).not.toContain("pwned");
  });

  test.each([
    ["the image's libraries stay on the path", undefined, "/opt/lib"],
    ["the user's own do", "/mine", "/mine"],
  ])("sees the GPUs: %s", (_what, own, libraries) => {
    for (const device of ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"]) write(`dev/${device}`, "");
    if (own !== undefined) write("etc/env/LD_LIBRARY_PATH", own);
    run(runScript(false), { PORT: "1", SHM_SIZE_MIB: "1", GPU_DRIVER: "default" });
    const { args } = calls("docker").find((call) => call.args[0] === "run")!;
    expect(args.filter((arg) => /device|volume|ulimit/.test(arg))).toEqual([
      ...["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"].map((device) => `--device=${root}/dev/${device}`),
      "--ulimit=memlock=-1",
      `--volume=${root}/nvidia/lib64:/usr/local/nvidia/lib64:ro`,
      `--volume=${root}/nvidia/bin:/usr/local/nvidia/bin:ro`,
    ]);
    expect(args.filter((arg) => arg.startsWith("--env=LD_LIBRARY_PATH")).at(-1)).toBe(
      `--env=LD_LIBRARY_PATH=${libraries}:/usr/local/nvidia/lib64`,
    );
  });
});

describe("secrets", () => {
  const curl = (body: string) => `case "$*" in
  *token) echo '{"access_token":"ya29.TOKEN","expires_in":3599,"token_type":"Bearer"}' ;;
  *project-id) printf my-project ;;
  *) ${body} ;;
esac`;

  test("come from Secret Manager into files that nobody else reads; the token is no argument", () => {
    const secret = 'first "line"\nsecond\n\n';
    const data = Buffer.from(secret).toString("base64").replace("=", "\\\\u003d");
    stub(
      "curl",
      curl(
        `printf '{\\n  "name": "x",\\n  "payload": {\\n    "data": "${data}",\\n    "dataCrc32c": "1"\\n  }\\n}\\n'`,
      ),
    );
    write("etc/secrets/KEY", "key\nlatest\n");
    write("etc/secrets/OTHER", "projects/other/secrets/o\n3\n");
    expect(run(SECRETS_SCRIPT)).toMatchObject({ status: 0, stderr: "" });
    for (const name of ["KEY", "OTHER"]) {
      expect(readFileSync(join(root, "secrets", name), "utf8")).toBe(secret);
      expect(statSync(join(root, "secrets", name)).mode & 0o777).toBe(0o600);
    }
    const all = calls("curl");
    expect(all.map((call) => call.args.at(-1)).filter((arg) => arg?.includes("secretmanager"))).toEqual([
      "https://secretmanager.googleapis.com/v1/projects/my-project/secrets/key/versions/latest:access",
      "https://secretmanager.googleapis.com/v1/projects/other/secrets/o/versions/3:access",
    ]);
    expect(JSON.stringify(all.map(({ args, env }) => [args, env]))).not.toContain("ya29");
    expect(all.at(-1)!.input).toBe('header = "Authorization: Bearer ya29.TOKEN"\n');
  });

  test("that cannot be read keep the container from starting", () => {
    stub("curl", curl("exit 22"));
    write("etc/secrets/KEY", "key\nlatest\n");
    expect(run(SECRETS_SCRIPT).status).not.toBe(0);
  });

  test("of none, nothing is asked but who the machine is", () => {
    stub("curl", curl("exit 22"));
    expect(run(SECRETS_SCRIPT)).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("the models", () => {
  const FOLDER = "models/gemma/2026-11";
  /** A bucket with files on two pages, of which one fails at first. */
  const bucket = () => `case "$*" in
  *token) echo '{"access_token":"ya29.TOKEN"}' ;;
  *pageToken=two*/o) printf '{\\n  "items": [\\n    {\\n      "name": "${FOLDER}/b/weights 2.safetensors"\\n    }\\n  ]\\n}\\n' ;;
  */o) printf '{\\n  "nextPageToken": "two",\\n  "items": [\\n    {\\n      "name": "${FOLDER}/"\\n    },\\n    {\\n      "name": "${FOLDER}/config.json"\\n    }\\n  ]\\n}\\n' ;;
  *alt=media)
    [[ "$*" == *json* || -e ${root}/once ]] || { touch ${root}/once; exit 22; }
    while [[ $1 != --output ]]; do shift; done
    printf 'content of %s' "$3" >"$2" ;;
esac`;

  test("are downloaded, page by page, until all files are there, and kept", () => {
    write("etc/models/0000", `my-models\n${FOLDER}\n/models/gemma\n`);
    stub("curl", bucket());
    const { status, stderr } = run(MODELS_SCRIPT);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "The model is not downloaded; trying again\n" });
    const read = (name: string) => readFileSync(join(root, "disk", FOLDER, name), "utf8");
    const encoded = (name: string) =>
      [...Buffer.from(`${FOLDER}/${name}`)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    const url = "content of https://storage.googleapis.com/storage/v1/b/my-models/o/";
    expect(read("config.json")).toBe(`${url}${encoded("config.json")}?alt=media`);
    expect(read("b/weights 2.safetensors")).toBe(`${url}${encoded("b/weights 2.safetensors")}?alt=media`);
    const downloads = () => calls("curl").filter(({ args }) => args.at(-1)!.endsWith("alt=media"));
    expect(downloads()).toHaveLength(3);
    expect(run(MODELS_SCRIPT)).toMatchObject({ status: 0, stderr: "" });
    expect(downloads()).toHaveLength(3);
    expect(JSON.stringify(calls("curl").map(({ args, env }) => [args, env]))).not.toContain("ya29");
  });

  test("of many files are all there, however fast they come", () => {
    write("etc/models/0000", `my-models\n${FOLDER}\n/models/gemma\n`);
    const names = Array.from({ length: 30 }, (_each, index) => `${FOLDER}/part-${index}`);
    const page = `{ "items": [\n${names.map((name) => `"name": "${name}"\n`).join("")}] }`;
    stub(
      "curl",
      `case "$*" in
  *token) echo '{"access_token":"ya29.TOKEN"}' ;;
  */o) cat <<'PAGE'\n${page}\nPAGE\n ;;
  *alt=media) while [[ $1 != --output ]]; do shift; done; echo x >"$2" ;;
esac`,
    );
    expect(run(MODELS_SCRIPT)).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(join(root, "disk", FOLDER))).toHaveLength(30);
  });

  test("of a folder without files are waited for", () => {
    write("etc/models/0000", `my-models\n${FOLDER}\n/models/gemma\n`);
    stub(
      "curl",
      bucket().replace(
        "*pageToken",
        `*/o) test -e ${root}/late || { touch ${root}/late; echo '{}'; exit 0; } ;;&\n  *pageToken`,
      ),
    );
    expect(run(MODELS_SCRIPT).stderr).toContain(`gs://my-models/${FOLDER} has no files`);
    expect(readdirSync(join(root, "disk", FOLDER))).toEqual(["b", "config.json"]);
  });

  test("are mounted into the container, read-only", () => {
    write("etc/image", "host/path/image@sha256:0");
    write("etc/models/0000", `my-models\n${FOLDER}\n/models/gemma\n`);
    stub("docker", "case $1 in wait) echo 0 ;; esac");
    run(runScript(true), { PORT: "8080", SHM_SIZE_MIB: "64" });
    expect(calls("docker")[0]!.args).toContain(`--volume=${root}/disk/${FOLDER}:/models/gemma:ro`);
  });
});

describe("the image", () => {
  const docker = `case $1 in
  image) test -e ROOT/pulled ;;
  pull) test -e ROOT/failed && touch ROOT/pulled || { touch ROOT/failed; false; } ;;
esac`;

  test.each([
    ["europe-docker.pkg.dev/p/r/i:1", "--registries=europe-docker.pkg.dev"],
    ["docker.io/library/nginx:1", undefined],
  ])("%s is pulled until it is there", (image, registries) => {
    write("etc/image", image);
    stub("docker", docker.replaceAll("ROOT", root));
    stub("docker-credential-gcr");
    expect(run(PULL_SCRIPT, { PULL_TIMEOUT_SECONDS: "60" }).status).toBe(0);
    const pulls = calls("docker").filter((call) => call.args[0] === "pull");
    expect(pulls.map((call) => call.args)).toEqual(Array(2).fill(["pull", "--quiet", "--", image]));
    expect(calls("docker-credential-gcr")[0]?.args[1]).toBe(registries);
  });
});

test("the driver is installed until nvidia-smi answers, and stays loaded", () => {
  write("dev/nvidia-uvm", "");
  stub("cos-extensions", `test -e ${root}/once || { touch ${root}/once; exit 1; }`);
  stub("mountpoint", "false");
  stub("mount");
  write("nvidia/bin/nvidia-smi", STUB.replaceAll("ROOT", root).replace("BODY", "true"), 0o755);
  const { status, stderr } = run(DRIVER_SCRIPT, { GPU_DRIVER: "latest" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "The GPU driver (latest) is not installed; trying again\n" });
  expect(calls("cos-extensions").map((call) => call.args)).toEqual(
    Array(2).fill(["install", "gpu", "--", "-version=latest"]),
  );
  expect(calls("mount").map((call) => call.args)).toEqual([
    ["--bind", `${root}/nvidia`, `${root}/nvidia`],
    ["-o", "remount,exec", `${root}/nvidia`],
  ]);
  expect(calls("nvidia-smi").map((call) => call.args)).toEqual([[""], ["-pm", "1"]]);
});

test("the ports are opened once, and IPv6 as far as the machine has it", () => {
  stub("iptables", "[[ $* == *-C* && $* == *8080* ]] || [[ $* == *-I* ]]");
  stub("ip6tables", "false");
  expect(run(ADMIT_SCRIPT, { ADMITTED_PORTS: "8080 9000" })).toMatchObject({ status: 0, stderr: "" });
  expect(
    calls("iptables")
      .map((call) => call.args.join(" "))
      .filter((line) => line.includes("-I")),
  ).toEqual(["-w -I INPUT -p tcp --dport 9000 -j ACCEPT"]);
});

test("GPU metrics are the mean over the GPUs, of this machine", () => {
  stub(
    "curl",
    `case "$*" in
  *token) echo '{"access_token":"ya29.TOKEN"}' ;;
  *project-id) printf my-project ;;
  *instance/id) printf 42 ;;
  *zone) printf projects/1/zones/europe-west4-a ;;
esac`,
  );
  write("nvidia/bin/nvidia-smi", "#!/bin/bash\nprintf '80, 12000, 24000\\n41, 6000, 24000\\n[N/A], 1, 1\\n'\n", 0o755);
  run(GPU_METRICS_SCRIPT.replace("while true", "for once in 1"));
  const call = calls("curl").at(-1)!;
  expect(call.args.at(-1)).toBe("https://monitoring.googleapis.com/v3/projects/my-project/timeSeries");
  const series = JSON.parse(call.args[call.args.indexOf("--data") + 1]!).timeSeries;
  expect(series).toMatchObject([
    { metric: { type: "custom.googleapis.com/serving/gpu_utilization" }, points: [{ value: { doubleValue: 60 } }] },
    {
      metric: { type: "custom.googleapis.com/serving/gpu_memory_utilization" },
      points: [{ value: { doubleValue: 37 } }],
    },
  ]);
  expect(series[0].resource).toEqual({
    type: "gce_instance",
    labels: { project_id: "my-project", instance_id: "42", zone: "europe-west4-a" },
  });
});
