import type {
  CloudRunV2JobTemplateTemplateContainersEnv,
  CloudRunV2JobTemplateTemplateVolumes,
} from "@cdktf/provider-google/lib/cloud-run-v2-job";
import type {
  CloudRunV2ServiceBinaryAuthorization,
  CloudRunV2ServiceTemplateContainers,
  CloudRunV2ServiceTemplateContainersVolumeMounts,
  CloudRunV2ServiceTemplateVolumes,
  CloudRunV2ServiceTemplateVpcAccess,
} from "@cdktf/provider-google/lib/cloud-run-v2-service";
import type { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { hashedSlug } from "../../core/naming";
import { RESERVED_ENV, vpcConnector } from "../../google/cloud-run";
import type { IImage } from "../../image/container-image";
import { requireDiskVolumes, setGcsMountOptions } from "../../project/google-provider-version";
import { secretNameIn } from "../../project/secret";
import { checkEnvironmentVariables } from "../environment-variables";
import { checkGrantable } from "./cloud-run-grants";
import { type CloudRunOptions, type ContainerOptions, VpcEgressTraffic } from "./cloud-run-options";
import type { Sizing } from "./cloud-run-sizing";
import { startSeconds } from "./model-mount";
import { Probe } from "./probe";
import { allVolumes, checkSidecars, DEFAULT_MEMORY_MIB, MAIN_CONTAINER, type Sidecar } from "./sidecar";
import type { Volume } from "./volume";

/** The container that serves requests, and its sidecars, checked. */
export function renderContainers(
  where: IConstruct,
  props: CloudRunOptions & { readonly image: IImage; readonly region: string },
  sizing: Sizing,
): CloudRunV2ServiceTemplateContainers[] {
  const { sidecars = [] } = props;
  checkSidecars(where, props);
  const main = renderContainer(where, props.image.referenceIn(props.region), props, sizing);
  if (sidecars.length === 0) return [main];
  return [
    { ...main, name: MAIN_CONTAINER, dependsOn: unlessEmpty(props.startAfter) },
    ...sidecars.map((sidecar) => renderSidecar(where, sidecar, props.region, sizing)),
  ];
}

function renderContainer(
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
  const needed = startSeconds(where, props, gpu);
  const startup = (props.startupProbe ?? Probe.tcp())._render(where, "startup", port, gpu, needed);
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
  checkEnvironmentVariables(where, props, {
    reserved,
    because: "which Cloud Run sets",
    tooLong: "mount it as a file: Volume.secret or Volume.gcs",
  });
  const gpu = sizing.gpu.accelerator !== undefined;
  return {
    image,
    command: props.command,
    args: props.args,
    env: environment(where, props),
    resources: { limits: { ...size(sizing.cpu, sizing.memoryMiB), ...(gpu && { "nvidia.com/gpu": "1" }) } },
    volumeMounts: mounts(props.volumes),
  };
}

function renderSidecar(
  where: IConstruct,
  sidecar: Sidecar,
  region: string,
  sizing: Sizing,
): CloudRunV2ServiceTemplateContainers {
  const { startupProbe, livenessProbe } = sidecar;
  const gpu = sizing.gpu.accelerator !== undefined;
  return {
    name: sidecar.name,
    image: sidecar.image.referenceIn(region),
    command: sidecar.command,
    args: sidecar.args,
    env: environment(where, sidecar),
    resources: {
      limits: size(sidecar.cpu ?? 1, sidecar.memoryMiB ?? DEFAULT_MEMORY_MIB),
      cpuIdle: !sizing.cpuAlwaysAllocated,
    },
    startupProbe: startupProbe?._render(where, "startup", undefined, gpu),
    livenessProbe: livenessProbe && withoutTcp(livenessProbe._render(where, "liveness", undefined, gpu)),
    volumeMounts: mounts(sidecar.volumes),
    dependsOn: unlessEmpty(sidecar.startAfter),
  };
}

export function environment(
  where: IConstruct,
  { env = {}, secretEnv = {} }: Pick<Sidecar, "env" | "secretEnv">,
): CloudRunV2JobTemplateTemplateContainersEnv[] {
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secretEnv).map(([name, secret]) => ({
      name,
      valueSource: { secretKeyRef: { secret: secretNameIn(where, secret), version: secret.version } },
    })),
  ];
}

export function size(cpu: number, memoryMiB: number): { cpu: string; memory: string } {
  return {
    cpu: cpu < 1 ? `${Math.round(cpu * 1000)}m` : String(cpu),
    memory: memoryMiB % 1024 === 0 ? `${memoryMiB / 1024}Gi` : `${memoryMiB}Mi`,
  };
}

export function mounts(volumes: readonly Volume[] = []): CloudRunV2ServiceTemplateContainersVolumeMounts[] | undefined {
  return unlessEmpty(volumes.map((volume) => ({ name: volumeName(volume), mountPath: volume.mountPath })));
}

/** An empty list would be a block or attribute of its own. */
function unlessEmpty<T>(list: T[] | undefined): T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function withoutTcp(probe: ReturnType<Probe["_render"]>) {
  return { ...probe, tcpSocket: undefined };
}

/** Volume names are local to the template, so they are derived from the mount path. */
function volumeName(volume: Volume): string {
  const name = `v${volume.mountPath.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`.replace(/-+$/, "");
  return name.length > 63 ? hashedSlug(name, 63) : name;
}

/** Volumes of services and of jobs alike. */
type Volumes = CloudRunV2ServiceTemplateVolumes & CloudRunV2JobTemplateTemplateVolumes;

/** The volumes that the containers mount, checked. */
export function renderVolumes(where: IConstruct, options: CloudRunOptions, memoryMiB: number): Volumes[] | undefined {
  const volumes = allVolumes(options);
  const paths = volumes.map(({ mountPath }) => mountPath);
  checkUnique(where, "volume mount path", paths, "mount each volume at its own path");
  checkUnique(
    where,
    "volume name",
    volumes.map(volumeName),
    "mount paths must differ in more than punctuation and case",
  );
  const rendered = volumes.map((volume) => {
    volume._check(where, memoryMiB);
    return { name: volumeName(volume), ...renderSource(where, volume) };
  });
  return unlessEmpty(rendered);
}

function renderSource(where: IConstruct, { _source: source }: Volume): Partial<Volumes> {
  const { gcs, secret, memoryMiB, diskGiB } = source;
  return {
    gcs: gcs && { bucket: gcs.bucketName, readOnly: gcs.options.readOnly ?? true },
    secret: secret && {
      secret: secretNameIn(where, secret.secret),
      items: [{ path: secret.fileName, version: secret.secret.version }],
    },
    nfs: source.nfs,
    cloudSqlInstance: source.cloudSql && { instances: source.cloudSql.instances },
    emptyDir:
      memoryMiB !== undefined
        ? { medium: "MEMORY", sizeLimit: `${memoryMiB}Mi` }
        : diskGiB !== undefined
          ? { medium: "DISK", sizeLimit: `${diskGiB}Gi` }
          : undefined,
  };
}

/** Sets what the bindings do not know of volumes; `template` is the path of the block that has them. */
export function setNewerVolumeAttributes(
  resource: TerraformResource,
  options: CloudRunOptions,
  template: string,
): void {
  allVolumes(options).forEach(({ _source: { gcs, diskGiB } }, index) => {
    const mountOptions = gcs?.options.mountOptions;
    if (mountOptions && mountOptions.length > 0)
      setGcsMountOptions(resource, `${template}.volumes.${index}`, mountOptions);
    if (diskGiB !== undefined) requireDiskVolumes(resource);
  });
}

/** The way into a VPC network, checked. */
export function renderVpcAccess(
  where: IConstruct,
  { vpcEgress: direct, vpcConnector: byConnector }: CloudRunOptions,
): CloudRunV2ServiceTemplateVpcAccess | undefined {
  if (direct && byConnector) {
    throw new ValidationError(where, {
      what: "vpcConnector",
      got: byConnector,
      allowed: "none beside vpcEgress",
      fix: "keep one of them: a service has one way into a network",
    });
  }
  const egress = (direct ?? byConnector)?.traffic ?? VpcEgressTraffic.PRIVATE_RANGES_ONLY;
  if (byConnector) {
    checkAllowed(where, "vpcConnector.connector", byConnector.connector, vpcConnector);
    return { egress, connector: byConnector.connector };
  }
  if (!direct) return undefined;
  if (!direct.network && !direct.subnetwork) {
    throw new ValidationError(where, {
      what: "vpcEgress",
      got: direct,
      allowed: "network, subnetwork or both",
      fix: "name the subnetwork of the service's region",
    });
  }
  if (direct.grantNetworkUse) checkGrantable(where, direct);
  return {
    egress,
    networkInterfaces: [{ network: direct.network, subnetwork: direct.subnetwork, tags: direct.tags }],
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
