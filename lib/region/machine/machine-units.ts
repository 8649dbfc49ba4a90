import type { MachineFile } from "./cloud-config";
import {
  ADMIT_SCRIPT,
  DRIVER_SCRIPT,
  FILES,
  GPU_METRICS_SCRIPT,
  MODELS_SCRIPT,
  PULL_SCRIPT,
  runScript,
  SECRETS_SCRIPT,
} from "./machine-scripts";

/** Numbers in the units; texts are never in a unit, but in files of their own. */
export interface UnitNumbers {
  readonly port: number;
  readonly admittedPorts: readonly number[];
  readonly shmSizeMiB: number;
  readonly imagePullTimeoutSeconds: number;
  readonly stopGraceSeconds: number;
  readonly hasModels: boolean;
  /** As the installer spells it; undefined without GPU. */
  readonly gpuDriver?: string;
}

/**
 * The scripts and systemd units of a machine. Driver, image and models are fetched in parallel; the
 * container starts after all of them.
 */
export function machineUnits(numbers: UnitNumbers): MachineFile[] {
  const gpu = numbers.gpuDriver !== undefined;
  return [
    script("pull", PULL_SCRIPT),
    script("admit", ADMIT_SCRIPT),
    script("secrets", SECRETS_SCRIPT),
    script("run", runScript(numbers.hasModels)),
    unit("serving-image", imageUnit(numbers)),
    unit("serving", servingUnit(numbers)),
    ...(numbers.hasModels ? [script("models", MODELS_SCRIPT), unit("serving-models", modelsUnit)] : []),
    ...(gpu
      ? [
          script("driver", DRIVER_SCRIPT),
          script("gpu-metrics", GPU_METRICS_SCRIPT),
          unit("serving-gpu", driverUnit(numbers.gpuDriver!)),
          unit("serving-gpu-metrics", metricsUnit),
        ]
      : []),
  ];
}

/** Starts them at the end of each boot, without waiting: loading a model may outlast the boot. */
export function startCommands(gpu: boolean): string[][] {
  return [
    ["systemctl", "daemon-reload"],
    ["systemctl", "start", "--no-block", "serving.service", ...(gpu ? ["serving-gpu-metrics.service"] : [])],
  ];
}

function script(name: string, content: string): MachineFile {
  return { path: `${FILES}/${name}.sh`, permissions: "0700", content };
}

function unit(name: string, content: string): MachineFile {
  return { path: `/etc/systemd/system/${name}.service`, permissions: "0644", content };
}

const PATIENT = `Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=infinity`;

function imageUnit(numbers: UnitNumbers): string {
  return `[Unit]
Description=Image of the container that serves requests
Wants=network-online.target docker.service
After=network-online.target docker.service

[Service]
${PATIENT}
Environment=HOME=/run/serving PULL_TIMEOUT_SECONDS=${numbers.imagePullTimeoutSeconds}
ExecStart=/bin/bash ${FILES}/pull.sh
`;
}

const modelsUnit = `[Unit]
Description=Model weights
Wants=network-online.target
After=network-online.target

[Service]
${PATIENT}
Environment=HOME=/run/serving
ExecStart=/bin/bash ${FILES}/models.sh
`;

function driverUnit(version: string): string {
  return `[Unit]
Description=NVIDIA driver
Wants=network-online.target docker.service
After=network-online.target docker.service

[Service]
${PATIENT}
Environment=HOME=/run/serving GPU_DRIVER=${version}
ExecStart=/bin/bash ${FILES}/driver.sh
`;
}

function servingUnit(numbers: UnitNumbers): string {
  const { port, shmSizeMiB, gpuDriver, hasModels, stopGraceSeconds } = numbers;
  const parts = ["image", ...(gpuDriver === undefined ? [] : ["gpu"]), ...(hasModels ? ["models"] : [])];
  const needed = parts.map((part) => `serving-${part}.service`).join(" ");
  const environment = [
    "HOME=/run/serving",
    `PORT=${port}`,
    `SHM_SIZE_MIB=${shmSizeMiB}`,
    ...(gpuDriver === undefined ? [] : [`GPU_DRIVER=${gpuDriver}`]),
    `"ADMITTED_PORTS=${numbers.admittedPorts.join(" ")}"`,
  ].join(" ");
  return `[Unit]
Description=Container that serves requests
Wants=network-online.target docker.service
Requires=${needed}
After=network-online.target docker.service ${needed}
StartLimitIntervalSec=0

[Service]
Environment=${environment}
RuntimeDirectory=serving-secrets
RuntimeDirectoryMode=0700
ExecStartPre=-/usr/bin/docker rm --force serving
ExecStartPre=/bin/bash ${FILES}/admit.sh
ExecStartPre=/bin/bash ${FILES}/secrets.sh
ExecStart=/bin/bash ${FILES}/run.sh
ExecStop=/usr/bin/docker stop -t ${stopGraceSeconds} serving
ExecStopPost=-/usr/bin/docker logs --tail 50 serving
Restart=always
RestartSec=5
TimeoutStartSec=300
TimeoutStopSec=${stopGraceSeconds + 20}
`;
}

const metricsUnit = `[Unit]
Description=GPU metrics for Cloud Monitoring
Requires=serving-gpu.service
After=serving-gpu.service
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/bash ${FILES}/gpu-metrics.sh
Restart=always
RestartSec=30
`;
