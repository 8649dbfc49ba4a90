import { CloudRunV2Job } from "@cdktf/provider-google/lib/cloud-run-v2-job";
import { CloudRunV2JobIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-job-iam-member";
import { CloudSchedulerJob } from "@cdktf/provider-google/lib/cloud-scheduler-job";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkInteger, checkLiteral, checkWithin } from "../core/checks";
import { ownDependables } from "../core/dependables";
import { ValidationError } from "../core/errors";
import { CLOUD_RUN_NAME, chosenName } from "../core/naming";
import { regionFacts } from "../core/regions";
import { RemovalPolicy } from "../core/removal-policy";
import { idPart } from "../core/spelled";
import { withoutUnset } from "../core/unset";
import { jobRetries, jobTasks, jobTimeout, ownKeys, RESERVED_ENV } from "../google/cloud-run";
import { jobSchedule, timeZoneName } from "../google/eventing";
import type { IImage } from "../image/container-image";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import { type IServiceAccount, ServiceAccount } from "../project/service-account";
import { checkMember } from "../region/access";
import {
  environment,
  mounts,
  renderImagePolicy,
  renderVolumes,
  renderVpcAccess,
  setNewerVolumeAttributes,
  size,
} from "../region/cloud-run/cloud-run-container";
import { workloadPrerequisites } from "../region/cloud-run/cloud-run-grants";
import { ExecutionEnvironment, type WorkloadOptions } from "../region/cloud-run/cloud-run-options";
import { resolveSizing, type Sizing } from "../region/cloud-run/cloud-run-sizing";
import { withModels } from "../region/cloud-run/model-mount";
import { checkEnvironmentVariables } from "../region/environment-variables";
import { loadSeconds } from "../region/model-version";
import { checkRegions } from "../region/region-lists";

/** What a job runs. Every option may differ by region. */
export interface BatchJobOptions extends WorkloadOptions {
  /**
   * Tasks of one execution, 1 to 10000. Each is a container that learns its part of the work from
   * `CLOUD_RUN_TASK_INDEX` and `CLOUD_RUN_TASK_COUNT`. @default 1
   */
  readonly tasks?: number;
  /**
   * Tasks that run at a time, from 1 to `tasks`, within quota. @default as many as possible; with a
   * GPU at most 3, a new project's quota
   */
  readonly parallelism?: number;
  /** How often a failed task is tried again, 0 to 10. @default 3 */
  readonly maxRetries?: number;
  /**
   * Duration of one attempt of a task, loading its models included: 1 to 604800 seconds (168
   * hours), with a GPU 3600. @default 600
   */
  readonly taskTimeoutSeconds?: number;
  /**
   * When it is executed, as crontab or in Cloud Scheduler's English: `0 3 * * *`. Cloud Scheduler
   * may start a job twice: work must be idempotent. @default only when somebody executes it
   */
  readonly schedule?: string;
}

/** Overrides for one region. `env` and `secretEnv` are added to the common ones. */
export interface BatchJobOverrides extends BatchJobOptions {
  /** @default the image of all regions */
  readonly image?: IImage;
  /**
   * Region of the schedule, where Cloud Scheduler is not offered in the job's own. @default the
   * job's
   */
  readonly schedulerRegion?: string;
}

export interface BatchJobProps extends BatchJobOptions, ProviderOptions {
  readonly image: IImage;
  /** Google Cloud regions, each with a job of its own. */
  readonly regions: string[];
  /** By region. @default none */
  readonly regionOverrides?: { [region: string]: BatchJobOverrides };
  /**
   * Regions whose schedule is paused and whose job may be destroyed: the step before a region is
   * removed from `regions`. @default none
   */
  readonly drainingRegions?: string[];
  /** Name of the tz database in which `schedule` is meant: `Europe/Berlin`. @default "Etc/UTC" */
  readonly timeZone?: string;
  /** Keeps the schedules, but starts nothing. @default false */
  readonly schedulePaused?: boolean;
  /**
   * At most 49 characters; the same in every region. Changing it creates new jobs. @default
   * generated from the construct path
   */
  readonly jobName?: string;
  /** What the tasks run as in every region. @default a new account without any role */
  readonly serviceAccount?: IServiceAccount;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

const JOB_NAME = { ...CLOUD_RUN_NAME, kind: "job name" };
/** A new project's quota of GPUs in a region. */
const GPU_QUOTA = 3;

/**
 * Work that runs to its end: a Cloud Run job in each region, of parallel tasks, with or without a
 * GPU, executed by Cloud Scheduler or by hand:
 *
 *     gcloud run jobs execute NAME --region=REGION
 *
 * Name and region are its identity. Everything else changes in place: the next execution is the
 * first with the new image, running ones end as they began.
 */
@checked
export class BatchJob extends Construct {
  /** By region. */
  public readonly jobs: { [region: string]: CloudRunV2Job };
  /** By region, where there is a schedule. */
  public readonly schedules: { [region: string]: CloudSchedulerJob };
  public readonly serviceAccount: IServiceAccount;
  /** The account that starts executions; undefined without a schedule. */
  public readonly schedulerAccount?: IServiceAccount;
  public readonly jobName: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: BatchJobProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    checkRegions(this, props);
    checkSchedules(this, props);
    this.jobName = chosenName(this, JOB_NAME, props.jobName);
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");
    const places = props.regions.map((region) => ({
      region,
      options: this.optionsIn(region),
      scope: new Construct(this, region),
    }));
    this.jobs = Object.fromEntries(
      places.map(({ region, options, scope: place }) => [region, this.createJob(place, region, options)]),
    );
    const scheduled = places.filter(({ options }) => options.schedule !== undefined);
    if (scheduled.length > 0) this.schedulerAccount = new ServiceAccount(this, "SchedulerAccount");
    this.schedules = Object.fromEntries(
      scheduled.map(({ region, options, scope: place }) => [region, this.createSchedule(place, region, options)]),
    );
  }

  /** Grants `roles/run.invoker` on the jobs, so that somebody may execute them. */
  public grantExecute(member: string): void {
    checkMember(this, member);
    for (const [region, job] of Object.entries(this.jobs)) {
      const place = this.node.findChild(region) as Construct;
      const id = `Invoker ${idPart(this, member)}`;
      if (!place.node.tryFindChild(id)) bindInvoker(place, id, job, member);
    }
  }

  private optionsIn(region: string): BatchJobOverrides & { readonly image: IImage; readonly region: string } {
    const overrides = withoutUnset(this.props.regionOverrides?.[region] ?? {});
    return {
      ...this.props,
      ...overrides,
      env: { ...this.props.env, ...overrides.env },
      secretEnv: { ...this.props.secretEnv, ...overrides.secretEnv },
      region,
    };
  }

  private isDraining(region: string): boolean {
    return this.props.drainingRegions?.includes(region) ?? false;
  }

  private createJob(where: Construct, region: string, given: ReturnType<BatchJob["optionsIn"]>): CloudRunV2Job {
    const options = withModels(where, given);
    const sizing = resolveSizing(where, options);
    sizing.gpu._checkRegion(where, region);
    checkJob(where, options, sizing);
    const gpu = sizing.gpu.accelerator;
    const { tasks = 1, taskTimeoutSeconds = 600, maxRetries = 3 } = options;
    const volumes = renderVolumes(where, options, sizing.memoryMiB);
    const { removalPolicy = RemovalPolicy.PROTECT } = this.props;
    const resource = new CloudRunV2Job(where, "Resource", {
      name: this.jobName,
      location: region,
      labels: options.labels,
      annotations: options.annotations,
      deletionProtection: removalPolicy === RemovalPolicy.PROTECT && !this.isDraining(region),
      binaryAuthorization: renderImagePolicy(where, options),
      template: {
        taskCount: tasks,
        parallelism: options.parallelism ?? (gpu ? Math.min(tasks, GPU_QUOTA) : undefined),
        template: {
          serviceAccount: this.serviceAccount.email,
          timeout: `${taskTimeoutSeconds}s`,
          maxRetries,
          executionEnvironment: ExecutionEnvironment.GEN2,
          encryptionKey: options.encryptionKey,
          nodeSelector: gpu ? { accelerator: gpu } : undefined,
          gpuZonalRedundancyDisabled: gpu ? !sizing.gpu.zonalRedundancy : undefined,
          vpcAccess: renderVpcAccess(where, options),
          containers: [
            {
              image: options.image.referenceIn(region),
              command: options.command,
              args: options.args,
              env: environment(where, options),
              resources: { limits: { ...size(sizing.cpu, sizing.memoryMiB), ...(gpu && { "nvidia.com/gpu": "1" }) } },
              volumeMounts: mounts(options.volumes),
            },
          ],
          volumes,
        },
      },
      dependsOn: ownDependables(where, [
        ...ProjectServices.of(where).require("run.googleapis.com"),
        ...workloadPrerequisites(where, this.serviceAccount, options),
      ]),
    });
    setNewerVolumeAttributes(resource, options, "template.template");
    return resource;
  }

  private createSchedule(where: Construct, region: string, options: BatchJobOverrides): CloudSchedulerJob {
    const { schedule, schedulerRegion = region } = options;
    checkAllowed(where, "schedule", schedule, jobSchedule);
    regionFacts(where, schedulerRegion);
    const job = this.jobs[region]!;
    const account = this.schedulerAccount!;
    const grant = bindInvoker(where, "SchedulerInvoker", job, account.iamMember);
    return new CloudSchedulerJob(where, "Schedule", {
      name: `${this.jobName}-${region}`,
      region: schedulerRegion,
      schedule,
      timeZone: this.props.timeZone ?? "Etc/UTC",
      paused: (this.props.schedulePaused ?? false) || this.isDraining(region),
      // The call only starts the execution, so the deadline has nothing to do with its duration.
      attemptDeadline: "180s",
      retryConfig: { retryCount: 3 },
      httpTarget: {
        httpMethod: "POST",
        uri: `https://run.googleapis.com/v2/${job.id}:run`,
        oauthToken: { serviceAccountEmail: account.email },
      },
      dependsOn: [...ProjectServices.of(where).require("cloudscheduler.googleapis.com"), grant],
    });
  }
}

/** Throws for settings of schedules where there are none. */
function checkSchedules(where: Construct, props: BatchJobProps): void {
  const { schedule, timeZone, schedulePaused, regionOverrides = {} } = props;
  checkAllowed(where, "timeZone", timeZone, timeZoneName);
  const isScheduled = schedule !== undefined || Object.values(regionOverrides).some((each) => each.schedule);
  const unused = [
    ...Object.entries(isScheduled ? {} : { timeZone, schedulePaused }),
    ...Object.entries(regionOverrides).flatMap(([region, each]) =>
      (each.schedule ?? schedule) === undefined
        ? [[`regionOverrides.${region}.schedulerRegion`, each.schedulerRegion] as const]
        : [],
    ),
  ].find(([, value]) => value !== undefined);
  if (unused) {
    throw new ValidationError(where, {
      what: unused[0],
      got: unused[1],
      allowed: "none without a schedule",
      fix: 'set schedule, for example "0 3 * * *", or remove it',
    });
  }
}

function bindInvoker(
  where: Construct,
  id: string,
  job: CloudRunV2Job,
  member: string,
): CloudRunV2JobIamMember & ITerraformDependable {
  return new CloudRunV2JobIamMember(where, id, {
    name: job.name,
    location: job.location,
    role: "roles/run.invoker",
    member,
  });
}

/** Throws for what Cloud Run rejects in jobs, and for tasks that end before their models are there. */
function checkJob(where: Construct, options: BatchJobOptions, sizing: Sizing): void {
  const { tasks, parallelism, taskTimeoutSeconds = 600 } = options;
  checkEnvironmentVariables(where, options, {
    reserved: RESERVED_ENV.job,
    because: "which Cloud Run sets",
    tooLong: "mount it as a file: Volume.secret or Volume.gcs",
  });
  for (const what of ["tasks", "parallelism", "taskTimeoutSeconds"] as const) checkLiteral(where, what, options[what]);
  checkWithin(where, "tasks", tasks, jobTasks);
  checkInteger(where, "parallelism", parallelism, 1, tasks ?? 1, "it may not exceed tasks");
  checkWithin(where, "maxRetries", options.maxRetries, jobRetries);
  checkWithin(where, "taskTimeoutSeconds", taskTimeoutSeconds, jobTimeout);
  for (const what of ["labels", "annotations"] as const) checkAllowed(where, what, options[what], ownKeys);
  if (sizing.executionEnvironment === ExecutionEnvironment.GEN1) {
    throw new ValidationError(where, {
      what: sizing.cpu < 1 ? "cpu" : "memoryMiB",
      got: sizing.cpu < 1 ? sizing.cpu : sizing.memoryMiB,
      allowed: "at least 1 CPU and 512 MiB: jobs run in the second generation execution environment",
      fix: "raise it",
    });
  }
  const loading = loadSeconds(options.models);
  if (loading >= taskTimeoutSeconds) {
    throw new ValidationError(where, {
      what: "taskTimeoutSeconds",
      got: taskTimeoutSeconds,
      allowed: `more than ${loading}, in which the models load`,
      fix: "raise it, or say how fast the weights are really read: readMiBPerSecond",
    });
  }
}
