import { StorageBucketIamMember } from "@cdktf/provider-google/lib/storage-bucket-iam-member";
import { TerraformOutput, type TerraformResource, Token } from "cdktf";
import {
  AttachedGpu,
  ContainerImage,
  GpuDriver,
  ImageRegistry,
  type MachineOptions,
  ModelStore,
  Secret,
  ServiceAccount,
} from "../../../lib";
import { ValidationError } from "../../../lib/core/errors";
import { type MachineArguments, renderMachine } from "../../../lib/region/machine/machine";
import { MODELS_SCRIPT, runScript } from "../../../lib/region/machine/machine-scripts";
import { testStack } from "../../support";

const IMAGE = "europe-docker.pkg.dev/p/r/inference:v1";

function render(options: MachineOptions, region = "europe-west4"): MachineArguments {
  const stack = testStack();
  return renderMachine(stack, {
    image: ContainerImage.fromReference(IMAGE),
    region,
    options,
    serviceAccount: new ServiceAccount(stack, "Account"),
    admittedPorts: [9000, 8080],
  });
}

/** The files that cloud-init writes, by their names below /etc. */
function filesOf({ metadata }: MachineArguments): { [path: string]: string } {
  const config: { write_files: { path: string; content: string }[] } = JSON.parse(
    metadata["user-data"]!.replace("#cloud-config\n", ""),
  );
  return Object.fromEntries(config.write_files.map(({ path, content }) => [path.replace("/etc/", ""), content]));
}

describe("models", () => {
  const version = (sizeGiB?: number, model = "gemma") => {
    const buckets = { "europe-west4": "weights-eu" };
    return ModelStore.fromBuckets(testStack(), "Models", buckets).version(model, "2026-11", { sizeGiB });
  };
  const machineType = "g2-standard-8";

  test("are downloaded before the container starts, to a disk that has room for them", () => {
    const machine = render({ machineType, models: [version(14.2), version(2, "clip")] });
    const files = filesOf(machine);
    expect(files["serving/models/0000"]).toBe("weights-eu\nmodels/gemma/2026-11\n/models/gemma\n");
    expect(files["serving/models/0001"]).toBe("weights-eu\nmodels/clip/2026-11\n/models/clip\n");
    expect(files["serving/models.sh"]).toBe(MODELS_SCRIPT);
    expect(files["serving/run.sh"]).toBe(runScript(true));
    expect(files["systemd/system/serving-models.service"]).toContain("ExecStart=/bin/bash /etc/serving/models.sh");
    expect(files["systemd/system/serving.service"]).toContain(
      "Requires=serving-image.service serving-gpu.service serving-models.service",
    );
    expect(machine.disk[0]!.diskSizeGb).toBe(117);
    const grants = machine.dependables.filter((each) => each instanceof StorageBucketIamMember);
    expect(grants).toHaveLength(1);
  });

  test("leave a machine without any as it is", () => {
    const files = filesOf(render({ machineType }));
    expect(Object.keys(files).filter((path) => path.includes("models"))).toEqual([]);
    expect(files["serving/run.sh"]).toBe(runScript(false));
  });

  test.each([
    [
      "a disk without room for them",
      { models: [version(70)], bootDiskGiB: 100 },
      "bootDiskGiB: got 100, allowed is a whole number from 110",
    ],
    [
      "two at one path",
      { models: [version(), version()] },
      'models mount path: got "/models/gemma", allowed is each value once',
    ],
  ])("fail for %s", (_title, options, message) => {
    expect(() => render({ machineType, ...options })).toThrow(message);
  });

  test("fail in a region that their store does not serve", () => {
    expect(() => render({ machineType, models: [version()] }, "us-central1")).toThrow(
      'models: got "a version of test/Models in us-central1"',
    );
  });
});

test("a machine with a GPU of its own", () => {
  const machine = render({
    machineType: "g2-standard-8",
    labels: { team: "a" },
    gpuDriver: GpuDriver.version("535.230.02"),
  });
  expect(machine).toMatchObject({
    machineType: "g2-standard-8",
    guestAccelerator: undefined,
    nicType: "GVNIC",
    scheduling: { automaticRestart: true, onHostMaintenance: "TERMINATE" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    labels: { team: "a" },
    port: 8080,
    hasGpu: true,
    zones: ["europe-west4-a", "europe-west4-b", "europe-west4-c"],
    spotOrFlexOnly: false,
  });
  expect(machine.disk).toEqual([
    {
      boot: true,
      autoDelete: true,
      sourceImage: "projects/cos-cloud/global/images/family/cos-stable",
      diskType: "pd-balanced",
      diskSizeGb: 100,
      labels: { team: "a" },
      type: "PERSISTENT",
      mode: "READ_WRITE",
      interface: "SCSI",
    },
  ]);
  expect({ ...machine.metadata, "user-data": "" }).toEqual({
    "user-data": "",
    "google-logging-enabled": "true",
    "google-monitoring-enabled": "true",
    "serial-port-logging-enable": "true",
    "cos-update-strategy": "update_disabled",
    "enable-oslogin": "TRUE",
    "block-project-ssh-keys": "TRUE",
  });
  const files = filesOf(machine);
  expect(files["serving/image"]).toBe(IMAGE);
  expect(files["systemd/system/serving-gpu.service"]).toContain("GPU_DRIVER=535.230.02\n");
  expect(files["systemd/system/serving.service"]).toContain(
    'PORT=8080 SHM_SIZE_MIB=8192 GPU_DRIVER=535.230.02 "ADMITTED_PORTS=8080 9000"\n',
  );
  expect(files["systemd/system/serving.service"]).toContain(
    "Requires=serving-image.service serving-gpu.service\nAfter=network-online.target docker.service serving-image.service serving-gpu.service\n",
  );
  expect(machine.metadata["user-data"]).toMatch(
    /"runcmd":\[\["systemctl","daemon-reload"\],\["systemctl","start","--no-block","serving.service","serving-gpu-metrics.service"\]\]\}\n$/,
  );
});

test("a machine without GPU neither installs a driver nor measures one, and migrates live", () => {
  const machine = render({
    machineType: "e2-standard-4",
    port: 3000,
    stopGraceSeconds: 60,
    imagePullTimeoutSeconds: 90,
  });
  expect(machine).toMatchObject({
    hasGpu: false,
    zones: undefined,
    port: 3000,
    scheduling: { automaticRestart: true, onHostMaintenance: "MIGRATE" },
  });
  expect(machine.disk[0]).toMatchObject({ diskSizeGb: 50, diskType: "pd-balanced" });
  expect(Object.keys(filesOf(machine)).sort()).toEqual([
    "serving/admit.sh",
    "serving/image",
    "serving/pull.sh",
    "serving/run.sh",
    "serving/secrets.sh",
    "systemd/system/serving-image.service",
    "systemd/system/serving.service",
  ]);
  const unit = filesOf(machine)["systemd/system/serving.service"];
  expect(unit).toContain('PORT=3000 SHM_SIZE_MIB=64 "ADMITTED_PORTS=3000 9000 8080"\n');
  expect(unit).toContain("docker stop -t 60 serving\n");
  expect(unit).toContain("TimeoutStopSec=80\n");
  expect(filesOf(machine)["systemd/system/serving-image.service"]).toContain("PULL_TIMEOUT_SECONDS=90\n");
  expect(machine.metadata["user-data"]).not.toContain("gpu-metrics");
});

test.each([
  [
    "an attached GPU",
    { machineType: "n1-standard-8", attachedGpu: AttachedGpu.t4(2) },
    { guestAccelerator: [{ type: "nvidia-tesla-t4", count: 2 }], hasGpu: true },
  ],
  [
    "a series with Hyperdisk only",
    { machineType: "c4-standard-8" },
    { disk: [{ diskType: "hyperdisk-balanced", interface: "NVME" }] },
  ],
  [
    "Arm",
    { machineType: "c4a-standard-8" },
    { disk: [{ sourceImage: "projects/cos-cloud/global/images/family/cos-arm64-stable" }] },
  ],
  [
    "an image of one's own",
    { machineType: "c3-standard-8", bootImage: "projects/cos-cloud/global/images/family/cos-121-lts" },
    { disk: [{ sourceImage: "projects/cos-cloud/global/images/family/cos-121-lts", interface: "NVME" }] },
  ],
  [
    "few GPUs of a large kind",
    { machineType: "a3-highgpu-1g" },
    { spotOrFlexOnly: true, zones: ["europe-west4-b", "europe-west4-c"], disk: [{ diskType: "pd-balanced" }] },
  ],
  [
    "disk and boot as chosen",
    {
      machineType: "n2-standard-4",
      bootDiskGiB: 20,
      bootDiskType: "pd-ssd",
      secureBoot: false,
      minCpuPlatform: "Intel Ice Lake",
    },
    {
      disk: [{ diskSizeGb: 20, diskType: "pd-ssd" }],
      shieldedInstanceConfig: { enableSecureBoot: false },
      minCpuPlatform: "Intel Ice Lake",
    },
  ],
] as [string, MachineOptions, object][])("%s", (_what, options, expected) => {
  expect(render(options)).toMatchObject(expected);
});

test("values stand in files of their own, byte by byte, and secrets only by name", () => {
  const stack = testStack();
  const own = new Secret(stack, "Own");
  const registry = new ImageRegistry(stack, "Registry", { location: "europe" });
  const account = new ServiceAccount(stack, "Account");
  const machine = renderMachine(stack, {
    image: ContainerImage.fromRegistry(registry, "inference", "v1"),
    region: "europe-west4",
    serviceAccount: account,
    options: {
      machineType: "e2-standard-4",
      env: { GREETING: "a b\n" },
      secretEnv: { KEY: Secret.fromName(stack, "Key", "projects/other/secrets/key", { version: "3" }), OWN: own },
      command: ["python3", "-m", "server"],
      args: ["--model", ""],
    },
  });
  const data = machine.metadata["user-data"]!;
  expect(data).toContain(
    '{"path":"/etc/serving/env/GREETING","permissions":"0600","content":"a b\\n","owner":"root:root"}',
  );
  expect(data).toContain(
    '"/etc/serving/secrets/KEY","permissions":"0600","content":"projects/other/secrets/key\\n3\\n"',
  );
  expect(data).toContain('"/etc/serving/command/0002","permissions":"0600","content":"server"');
  expect(data).toContain('"/etc/serving/args/0001","permissions":"0600","content":""');
  new TerraformOutput(stack, "Data", { value: data });
  const written: string = stack.toTerraform().output.Data.value;
  expect(written).toMatch(
    /"content":"\$\{trimsuffix\(trimprefix\(jsonencode\(google_secret_manager_secret\.Own_\w+\.secret_id\), "\\""\), "\\""\)\}\\nlatest\\n"/,
  );
  const roles = machine.dependables.map((each) => (each as TerraformResource).terraformResourceType).sort();
  expect(roles).toEqual([
    "google_artifact_registry_repository",
    "google_artifact_registry_repository_iam_member",
    "google_project_iam_member",
    "google_project_iam_member",
    "google_project_service",
    "google_project_service",
    "google_secret_manager_secret_iam_member",
    "google_secret_manager_secret_iam_member",
    "google_secret_manager_secret_version",
  ]);
});

test("an account that is granted its roles elsewhere gets none here", () => {
  const stack = testStack();
  const { dependables, serviceAccount } = renderMachine(stack, {
    image: ContainerImage.fromReference(IMAGE),
    region: "europe-west4",
    serviceAccount: ServiceAccount.fromEmail(stack, "Account", "123-compute@developer.gserviceaccount.com"),
    options: { machineType: "e2-standard-4", grantTelemetryRoles: false },
  });
  expect(serviceAccount.email).toBe("123-compute@developer.gserviceaccount.com");
  expect(dependables.map((each) => (each as TerraformResource).terraformResourceType)).toEqual([
    "google_project_service",
    "google_project_service",
  ]);
});

test.each([
  [
    "a GPU machine type that is misspelt",
    { machineType: "g2-standart-8" },
    'machineType: got "g2-standart-8"',
    'did you mean "g2-standard-8"?',
  ],
  ["a size that there is not", { machineType: "a3-highgpu-6g" }, "a3-highgpu-8g", "did you mean"],
  [
    "a machine type by path",
    { machineType: "zones/europe-west4-a/machineTypes/n2-standard-4" },
    "machineType",
    "give the bare name, such as g2-standard-8, without a path",
  ],
  [
    "a token as machine type",
    { machineType: Token.asString({ resolve: () => "x" }) },
    "machineType",
    "a literal known at synth",
  ],
  [
    "a GPU attached to a machine that has some",
    { machineType: "g2-standard-8", attachedGpu: AttachedGpu.t4() },
    "1 × nvidia-tesla-t4 on g2-standard-8",
    "leave attachedGpu out",
  ],
  [
    "a GPU attached to a machine that takes none",
    { machineType: "n2-standard-8", attachedGpu: AttachedGpu.t4() },
    "nvidia-tesla-t4 is for N1 machines only",
    "attach it to an N1 machine",
  ],
  [
    "a number of attached GPUs that there is not",
    { machineType: "n1-standard-8", attachedGpu: AttachedGpu.t4(3) },
    "comes in numbers of 1, 2, 4",
    "attach it to an N1 machine",
  ],
  [
    "more vCPUs than the attached GPU allows",
    { machineType: "n1-standard-64", attachedGpu: AttachedGpu.t4() },
    "with at most 48 vCPUs",
    "attach it to an N1 machine",
  ],
  [
    "a GPU that the region does not sell",
    { machineType: "a4-highgpu-8g", region: "europe-west3" },
    "a4-highgpu-8g in europe-west3",
    "the nearest regions that have it are europe-west1, europe-west4, europe-north1",
  ],
  [
    "an attached GPU that the region does not sell",
    { machineType: "n1-standard-8", attachedGpu: AttachedGpu.t4(), region: "europe-north1" },
    'attachedGpu: got \\"nvidia-tesla-t4 in europe-north1',
    "the nearest regions",
  ],
  [
    "a driver without GPU",
    { machineType: "n2-standard-8", gpuDriver: GpuDriver.latest() },
    "gpuDriver",
    "attach a GPU to n2-standard-8",
  ],
  [
    "a boot disk too small for a driver",
    { machineType: "g2-standard-8", bootDiskGiB: 39 },
    "bootDiskGiB: got 39, allowed is a whole number from 40 to 65536",
    "driver and image must fit twice over",
  ],
  [
    "a boot disk too small for anything",
    { machineType: "n2-standard-8", bootDiskGiB: 9 },
    "from 10 to 65536",
    "the system and the image must fit",
  ],
  [
    "a standard disk on G2",
    { machineType: "g2-standard-8", bootDiskType: "pd-standard" },
    "pd-balanced, pd-ssd",
    "this series has no standard persistent disk",
  ],
  [
    "Hyperdisk on G2",
    { machineType: "g2-standard-8", bootDiskType: "hyperdisk-balanced" },
    "pd-balanced, pd-ssd",
    "does not boot from Hyperdisk",
  ],
  [
    "a persistent disk on G4",
    { machineType: "g4-standard-48", bootDiskType: "pd-ssd" },
    "allowed is hyperdisk-balanced",
    "this series has Hyperdisk only",
  ],
  [
    "a disk that nothing boots from",
    { machineType: "n2-standard-8", bootDiskType: "local-ssd" },
    "local-ssd on n2-standard-8",
    "machines boot from these types only",
  ],
  [
    "a boot image without project",
    { machineType: "n2-standard-8", bootImage: "cos-stable" },
    "bootImage",
    "projects/cos-cloud/global/images/family/cos-stable",
  ],
  ["the port of SSH", { machineType: "n2-standard-8", port: 22 }, "port: got 22", "SSH uses 22"],
  [
    "a port that there is not",
    { machineType: "n2-standard-8", port: 70000 },
    "from 1 to 65535",
    "the port that the container listens on",
  ],
  [
    "a token as port",
    { machineType: "n2-standard-8", port: Token.asNumber({ resolve: () => 1 }) },
    "port",
    "a literal known at synth",
  ],
  [
    "more shared memory than memory",
    { machineType: "g2-standard-4", shmSizeMiB: 16385 },
    "from 1 to 16384",
    "it is taken from the machine's memory",
  ],
  ["no time to pull", { machineType: "n2-standard-8", imagePullTimeoutSeconds: 59 }, "from 60 to 7200", "seconds"],
  ["no time to end", { machineType: "n2-standard-8", stopGraceSeconds: 0 }, "from 1 to 3600", "seconds"],
  [
    "PORT as a variable",
    { machineType: "n2-standard-8", env: { PORT: "1" } },
    "any except PORT, which the machine sets",
    "set the prop `port` instead",
  ],
  [
    "a variable with a path as name",
    { machineType: "n2-standard-8", env: { "../x": "1" } },
    "environment variable",
    "letters, digits and underscores",
  ],
  ["NUL in a variable", { machineType: "n2-standard-8", env: { A: "a\0" } }, "env: got", "text without NUL"],
  [
    "half a character in an argument",
    { machineType: "n2-standard-8", args: ["\ud800"] },
    "args: got",
    "text without NUL or unpaired surrogates",
  ],
  ["a command without program", { machineType: "n2-standard-8", command: ["", "a"] }, "command", "a program first"],
  [
    "more variables than metadata hold",
    {
      machineType: "n2-standard-8",
      env: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`V${i}`, "x".repeat(32000)])),
    },
    'bytes of user-data", allowed is at most 262144',
    "into files of the image",
  ],
] as [string, MachineOptions & { region?: string }, string, string][])(
  "fails %s",
  (_what, { region, ...options }, problem, fix) => {
    const run = () => render(options, region);
    expect(run).toThrow(ValidationError);
    expect(run).toThrow(problem.replaceAll('\\"', '"'));
    expect(run).toThrow(fix);
  },
);

test.each(["PATH", "LD_PRELOAD", "DOCKER_HOST", "HTTPS_PROXY", "UID", "BASH_ENV"])(
  "fails a secret named %s, which docker itself would obey",
  (name) => {
    const stack = testStack();
    const run = () =>
      renderMachine(stack, {
        image: ContainerImage.fromReference(IMAGE),
        region: "europe-west4",
        serviceAccount: new ServiceAccount(stack, "Account"),
        options: { machineType: "n2-standard-4", secretEnv: { [name]: Secret.fromName(stack, "S", "s") } },
      });
    expect(run).toThrow(`secretEnv: got "${name}"`);
  },
);

test.each(["535", "R5", "latest; reboot", "535.1.2.3"])("fails the driver version %s", (version) => {
  expect(() => GpuDriver.version(version)).toThrow("GpuDriver.version");
});
