import type { IConstruct } from "constructs";
import { checkInteger, checkLiteral, checkPattern, checkUnique, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { checkGpuSold } from "../../core/regions";
import { namedPort } from "../../google/instance-group";
import { bootDiskSize } from "../../google/instance-template";
import {
  diskProblem,
  GPU_MACHINE_TYPES,
  gpuMachineSize,
  gpuProblem,
  isGpuSeries,
  isHyperdiskOnly,
} from "../../google/machine-types";
import { nearest } from "../../language/nearest";
import { checkEnvironmentVariables } from "../environment-variables";
import type { MachineOptions } from "./machine-options";

/** Machine types are named `SERIES-KIND-SIZE`, except the two with shared cores. */
const MACHINE_TYPE = /^([a-z]\d*[a-z]?-[a-z0-9-]+|custom-[a-z0-9-]+)$/;
const DISK_TYPES = ["pd-balanced", "pd-ssd", "pd-standard", "hyperdisk-balanced"];
/**
 * The driver takes about 2 GiB, CUDA images often 20 or more, and a pull stores an image packed and
 * unpacked.
 */
const MIN_GPU_DISK = 40;
const SSH_PORT = 22;
/** These would affect the script and the docker command before the container. */
const STEERS_DOCKER =
  /^(PATH|HOME|IFS|_|E?UID|PPID|SHELLOPTS|BASH.*|LD_.*|DOCKER_.*|GODEBUG|GOTRACEBACK|RUNTIME_DIRECTORY|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy)$/;

/** Throws for options that no machine of the region could run. */
export function checkMachine(where: IConstruct, region: string, options: MachineOptions): void {
  checkMachineType(where, region, options);
  checkDisk(where, options);
  const paths = (options.models ?? []).map(({ mountPath }) => mountPath);
  checkUnique(where, "models mount path", paths, "mount each model at its own path");
  checkNumbers(where, options);
  checkEnvironmentVariables(where, options, {
    reserved: ["PORT"],
    because: "which the machine sets",
    tooLong: "put it into a file of the image, or into a secret",
  });
  for (const name of Object.keys(options.secretEnv ?? {})) {
    if (STEERS_DOCKER.test(name)) {
      throw new ValidationError(where, {
        what: "secretEnv",
        got: name,
        allowed: "names that do not affect the shell and docker on the machine: not PATH, LD_…, DOCKER_…, …_PROXY",
        fix: "rename it, and let the container's entrypoint set the other name",
      });
    }
  }
  for (const [what, values] of [
    ["env", Object.values(options.env ?? {})],
    ["command", options.command ?? []],
    ["args", options.args ?? []],
  ] as const) {
    for (const value of values) checkText(where, what, value);
  }
  if (options.command?.[0] === "") {
    throw new ValidationError(where, {
      what: "command",
      got: options.command,
      allowed: "a program first, then its arguments",
      fix: "name the program, or leave command out to keep the image's entrypoint",
    });
  }
}

/** Throws for text that environment variables and arguments cannot hold. */
function checkText(where: IConstruct, what: string, value: string): void {
  checkPattern(
    where,
    what,
    value,
    /^(?:[^\0\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/,
    "text without NUL or unpaired surrogates",
    "encode binary values, for example as base64",
  );
}

function checkMachineType(where: IConstruct, region: string, options: MachineOptions): void {
  const { machineType, attachedGpu } = options;
  checkLiteral(where, "machineType", machineType);
  if (gpuMachineSize(machineType) === undefined) {
    const isUnknown = isGpuSeries(machineType) || !MACHINE_TYPE.test(machineType);
    if (isUnknown && !/^(f1-micro|g1-small)$/.test(machineType)) {
      const suggestion = nearest(machineType, GPU_MACHINE_TYPES);
      throw new ValidationError(where, {
        what: "machineType",
        got: machineType,
        allowed: `a machine type of Compute Engine; with GPUs: ${GPU_MACHINE_TYPES.join(", ")}`,
        fix: suggestion ? `did you mean "${suggestion}"?` : "give the bare name, such as g2-standard-8, without a path",
      });
    }
  }
  if (attachedGpu) {
    const { acceleratorType: type, count } = attachedGpu;
    checkLiteral(where, "attachedGpu", count);
    const problem = gpuProblem(machineType, { type, count });
    if (problem) {
      throw new ValidationError(where, {
        what: "attachedGpu",
        got: `${count} × ${type} on ${machineType}`,
        allowed: `what the machine supports: ${problem}`,
        fix: gpuMachineSize(machineType)
          ? "leave attachedGpu out: the machine type has its GPUs"
          : "attach it to an N1 machine of that many vCPUs, or choose a machine type with GPUs",
      });
    }
  }
  checkGpuSold(where, machineType, region, attachedGpu?.acceleratorType);
  if (options.gpuDriver && !attachedGpu && !gpuMachineSize(machineType)) {
    throw new ValidationError(where, {
      what: "gpuDriver",
      got: options.gpuDriver.requested,
      allowed: "unset on a machine without a GPU",
      fix: `leave it out, or attach a GPU to ${machineType}`,
    });
  }
}

/** The default boot disk type. */
export function defaultDiskType(machineType: string): string {
  return isHyperdiskOnly(machineType) ? "hyperdisk-balanced" : "pd-balanced";
}

function checkDisk(where: IConstruct, options: MachineOptions): void {
  const { machineType, bootDiskType: type } = options;
  checkLiteral(where, "bootDiskType", type);
  if (type !== undefined) {
    const problem = DISK_TYPES.includes(type) ? diskProblem(machineType, type) : "machines boot from these types only";
    if (problem) {
      throw new ValidationError(where, {
        what: "bootDiskType",
        got: `${type} on ${machineType}`,
        allowed: DISK_TYPES.filter((each) => !diskProblem(machineType, each)).join(", "),
        fix: `${problem}: choose one of these, or leave it out for ${defaultDiskType(machineType)}`,
      });
    }
  }
  const gpu = hasGpu(options);
  const models = modelsGiB(options);
  checkLiteral(where, "bootDiskGiB", options.bootDiskGiB);
  checkInteger(
    where,
    "bootDiskGiB",
    options.bootDiskGiB,
    (gpu ? MIN_GPU_DISK : bootDiskSize.min) + models,
    bootDiskSize.max,
    gpu
      ? `driver and image must fit twice over while the image is unpacked${models > 0 ? ", and the models" : ""}: ${100 + models} suits most`
      : `the system and the image must fit${models > 0 ? ", and the models" : ""}`,
  );
  checkPattern(
    where,
    "bootImage",
    options.bootImage,
    /^(https:\/\/www\.googleapis\.com\/compute\/v1\/)?projects\/[a-z0-9:.-]+\/global\/images\/(family\/)?[a-z0-9-]+$/,
    "projects/PROJECT/global/images/family/FAMILY or projects/PROJECT/global/images/NAME",
    'for example "projects/cos-cloud/global/images/family/cos-stable"',
  );
}

/** GiB that the models take, as far as their sizes are known. */
export function modelsGiB({ models = [] }: MachineOptions): number {
  return Math.ceil(models.reduce((sum, { sizeGiB = 0 }) => sum + sizeGiB, 0));
}

/** Whether the machine has GPUs, built in or attached. */
export function hasGpu(options: MachineOptions): boolean {
  return options.attachedGpu !== undefined || gpuMachineSize(options.machineType) !== undefined;
}

function checkNumbers(where: IConstruct, options: MachineOptions): void {
  const names = ["port", "shmSizeMiB", "imagePullTimeoutSeconds", "stopGraceSeconds"] as const;
  for (const name of names) checkLiteral(where, name, options[name]);
  checkWithin(where, "port", options.port, namedPort, "give the port that the container listens on");
  if (options.port === SSH_PORT) {
    throw new ValidationError(where, {
      what: "port",
      got: SSH_PORT,
      allowed: "any from 1 to 65535 except 22",
      fix: "make the container listen on PORT: it shares the machine's network, where SSH uses 22",
    });
  }
  const memoryMiB = (gpuMachineSize(options.machineType)?.memoryGiB ?? 16384) * 1024;
  checkInteger(where, "shmSizeMiB", options.shmSizeMiB, 1, memoryMiB, "it is taken from the machine's memory");
  checkInteger(
    where,
    "imagePullTimeoutSeconds",
    options.imagePullTimeoutSeconds,
    60,
    7200,
    "give a number of seconds; pulling and unpacking 20 GiB takes about 10 minutes",
  );
  checkInteger(where, "stopGraceSeconds", options.stopGraceSeconds, 1, 3600, "give a number of seconds");
}
