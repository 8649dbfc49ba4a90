import type {
  CloudRunV2ServiceBinaryAuthorization,
  CloudRunV2ServiceTemplateContainers,
  CloudRunV2ServiceTemplateVolumes,
  CloudRunV2ServiceTemplateVpcAccess,
} from "@cdktf/provider-google/lib/cloud-run-v2-service";
import type { IConstruct } from "constructs";
import { checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { hashedSlug } from "../../core/naming";
import { RESERVED_ENV } from "../../google/cloud-run";
import { checkEnvironmentVariables } from "../environment-variables";
import {
  type CloudRunOptions,
  type ContainerOptions,
  type DirectVpcEgress,
  VpcEgressTraffic,
} from "./cloud-run-options";
import type { Sizing } from "./cloud-run-sizing";
import { Probe } from "./probe";
import type { Volume } from "./volume";

/** The single container of a service, checked. */
export function renderContainer(
  where: IConstruct,
  image: string,
  props: CloudRunOptions,
  sizing: Sizing,
): CloudRunV2ServiceTemplateContainers {
  const port = props.port ?? 8080;
  const gpu = sizing.gpu.accelerator !== undefined;
  const { resources, volumeMounts, ...worker } = renderWorker(where, image, props, sizing, [
    "PORT",
    ...RESERVED_ENV.service,
  ]);
  const startup = (props.startupProbe ?? Probe.tcp())._render(where, "startup", port, gpu);
  return {
    ...worker,
    ports: { name: props.http2 ? "h2c" : "http1", containerPort: port },
    resources: {
      ...resources,
      cpuIdle: !sizing.cpuAlwaysAllocated,
      startupCpuBoost: props.startupCpuBoost ?? true,
    },
    startupProbe: startup,
    livenessProbe: props.livenessProbe && withoutTcp(props.livenessProbe._render(where, "liveness", port, gpu)),
    volumeMounts,
  };
}

/** A container that serves no requests, checked. */
export function renderWorker(
  where: IConstruct,
  image: string,
  props: ContainerOptions,
  sizing: Sizing,
  reserved: readonly string[],
) {
  const gpu = sizing.gpu.accelerator !== undefined;
  const volumes = props.volumes ?? [];
  checkEnvironmentVariables(where, props, {
    reserved,
    because: "which Cloud Run sets",
    tooLong: "mount it as a file: Volume.secret or Volume.gcs",
  });
  checkUnique(
    where,
    "volume mount path",
    volumes.map((volume) => volume.mountPath),
    "mount each volume at its own path",
  );
  return {
    image,
    command: props.command,
    args: props.args,
    env: [
      ...Object.entries(props.env ?? {}).map(([name, value]) => ({ name, value })),
      ...Object.entries(props.secretEnv ?? {}).map(([name, secret]) => ({
        name,
        valueSource: { secretKeyRef: { secret: secret.secretId, version: secret.version } },
      })),
    ],
    resources: {
      limits: {
        cpu: sizing.cpu < 1 ? `${Math.round(sizing.cpu * 1000)}m` : String(sizing.cpu),
        memory: sizing.memoryMiB % 1024 === 0 ? `${sizing.memoryMiB / 1024}Gi` : `${sizing.memoryMiB}Mi`,
        ...(gpu && { "nvidia.com/gpu": "1" }),
      },
    },
    volumeMounts:
      volumes.length > 0
        ? volumes.map((volume) => ({ name: volumeName(volume), mountPath: volume.mountPath }))
        : undefined,
  };
}

function withoutTcp(probe: ReturnType<Probe["_render"]>) {
  return { ...probe, tcpSocket: undefined };
}

/** Volume names are local to the template, so they are derived from the mount path. */
function volumeName(volume: Volume): string {
  const name = `v${volume.mountPath.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`.replace(/-+$/, "");
  return name.length > 63 ? hashedSlug(name, 63) : name;
}

/** The volumes that a container mounts, checked. */
export function renderVolumes(
  where: IConstruct,
  volumes: readonly Volume[],
  memoryMiB: number,
): CloudRunV2ServiceTemplateVolumes[] {
  checkUnique(
    where,
    "volume name",
    volumes.map(volumeName),
    "mount paths must differ in more than punctuation and case",
  );
  return volumes.map((volume) => {
    volume._check(where, memoryMiB);
    return {
      name: volumeName(volume),
      gcs: volume._gcs && { bucket: volume._gcs.bucketName, readOnly: volume._gcs.options.readOnly ?? true },
      secret: volume._secret && {
        secret: volume._secret.secret.secretId,
        items: [{ path: volume._secret.fileName, version: volume._secret.secret.version }],
      },
      emptyDir: volume._memoryMiB === undefined ? undefined : { medium: "MEMORY", sizeLimit: `${volume._memoryMiB}Mi` },
    };
  });
}

/** Direct VPC egress, checked. */
export function renderVpcAccess(
  where: IConstruct,
  egress: DirectVpcEgress | undefined,
): CloudRunV2ServiceTemplateVpcAccess | undefined {
  if (!egress) return undefined;
  if (!egress.network && !egress.subnetwork) {
    throw new ValidationError(where, {
      what: "vpcEgress",
      got: egress,
      allowed: "network, subnetwork or both",
      fix: "name the subnetwork of the service's region",
    });
  }
  return {
    egress: egress.traffic ?? VpcEgressTraffic.PRIVATE_RANGES_ONLY,
    networkInterfaces: [{ network: egress.network, subnetwork: egress.subnetwork, tags: egress.tags }],
  };
}

/** Binary Authorization by the project's policy, checked. */
export function renderImagePolicy(
  where: IConstruct,
  { imagePolicy, imagePolicyBreakglass: justification }: ContainerOptions,
): CloudRunV2ServiceBinaryAuthorization | undefined {
  if (justification !== undefined && (!imagePolicy || justification.trim() === "")) {
    throw new ValidationError(where, {
      what: "imagePolicyBreakglass",
      got: justification,
      allowed: imagePolicy ? "a reason, for the audit log" : "unset without imagePolicy: no image is checked",
      fix: "remove it, or state why the policy must be overridden",
    });
  }
  return imagePolicy && { useDefault: true, breakglassJustification: justification };
}
