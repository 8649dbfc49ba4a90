import { Token } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger, checkWithin } from "../core/checks";
import { ValidationError } from "../core/errors";
import { RemovalPolicy } from "../core/removal-policy";
import { withoutUnset } from "../core/unset";
import { ackDeadline, deliveryAttempts, messageRetention, retryBackoff } from "../google/pubsub";
import type { IImage } from "../image/container-image";
import type { IGrantee } from "../project/grantee";
import { type ProviderOptions, useProvider } from "../project/provider";
import { ServiceAccount } from "../project/service-account";
import type { ContainerOptions } from "../region/cloud-run/cloud-run-options";
import type { CloudRunRegion } from "../region/cloud-run/cloud-run-region";
import type { Probe } from "../region/cloud-run/probe";
import { checkRegions } from "../region/region-lists";
import { Delivery } from "./delivery";
import { PipelineRegion, type SubmissionOptions } from "./pipeline-region";
import type { IResultStore } from "./result-store";

/**
 * How the processor runs. `encryptionKey` encrypts the region's ingest bucket and messages, too: one
 * key for each region, in `regionOverrides`.
 */
export interface PipelineRegionOptions extends ContainerOptions {
  /** @default Delivery.push() */
  readonly delivery?: Delivery;
  /** Warm instances of a push processor; billed while idle. @default 0 */
  readonly minInstances?: number;
  /** Maximum instances of a push processor, 1 to 10000 within quota. @default 10, with a GPU 3 */
  readonly maxInstances?: number;
  /**
   * Messages that an instance of a push processor works on at a time, 1 to 1000. @default one for
   * each CPU, with a GPU 16
   */
  readonly concurrency?: number;
  /** When an instance of a push processor may get messages. @default as in `CloudRunOptions` */
  readonly startupProbe?: Probe;
}

/**
 * Overrides for one region. `env` and `secretEnv` are added to the common ones; everything else
 * replaces.
 */
export interface PipelineRegionOverrides extends PipelineRegionOptions {
  /** @default the image of all regions */
  readonly image?: IImage;
  /** @default the results of all regions */
  readonly results?: IResultStore;
  /**
   * Name of the ingest bucket, 3 to 63 lower-case letters, digits and hyphens. Cannot be changed.
   * @default the provider's project, and a name generated from the construct path
   */
  readonly ingestBucketName?: string;
}

/** A pipeline in several regions. Options apply to all regions, `regionOverrides` to one. */
export interface PipelineOptions extends PipelineRegionOptions {
  readonly image: IImage;
  /** Where the processors write. */
  readonly results: IResultStore;
  /** By region. @default none */
  readonly regionOverrides?: { [region: string]: PipelineRegionOverrides };
  /**
   * Regions that take no more work through the load balancer and finish what they have. To remove a
   * region: drain it, deploy, wait until its subscription is empty, remove it from `regions` too,
   * deploy. Draining turns off the protection from deletion, of the ingest bucket with its objects
   * too. @default none
   */
  readonly drainingRegions?: string[];
  /**
   * Nothing leaves a region: Pub/Sub refuses requests of other regions, results must stay where
   * they are made, and submissions come through the regional endpoints. @default false
   */
  readonly residency?: boolean;
  /** Longest time that the processor takes for one object, 10 to 600 seconds. @default 300 */
  readonly processingSeconds?: number;
  /**
   * When Pub/Sub delivers a message again that nobody has acknowledged, 10 to 600 seconds; at least
   * `processingSeconds`. @default processingSeconds
   */
  readonly ackDeadlineSeconds?: number;
  /**
   * Deliveries before a message becomes a dead letter, 5 to 100. Raise it where a processor may be
   * away for longer: with the default back-off, 10 deliveries take about 40 minutes. @default 10
   */
  readonly maxDeliveryAttempts?: number;
  /** Wait after the first failure, 0 to 600 seconds. @default 10 */
  readonly minBackoffSeconds?: number;
  /** Longest wait between deliveries, 0 to 600 seconds. @default 600 */
  readonly maxBackoffSeconds?: number;
  /** How long messages wait for a processor, 1 to 31 days. @default 7 */
  readonly messageRetentionDays?: number;
  /** How long the ingest bucket keeps objects, from 1 day. @default 30 */
  readonly inputRetentionDays?: number;
  /**
   * Delivers messages with the same ordering key in order. Cloud Storage's notifications have none:
   * only what you publish yourself. Changing it creates a new subscription: let the old one empty
   * first. @default false
   */
  readonly ordered?: boolean;
  /** Does not deliver acknowledged messages again; with `Delivery.pull()` only. @default false */
  readonly exactlyOnce?: boolean;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

export interface ProcessingPipelineProps extends PipelineOptions, ProviderOptions {
  /** Google Cloud regions, in any order: `["europe-west1", "asia-northeast1"]`. */
  readonly regions: string[];
}

/** Environment variables that the pipeline sets. */
const CONTRACT = ["REGION", "INGEST_BUCKET", "RESULTS_BUCKET", "SUBSCRIPTION", "WORKER_MODE"];

/**
 * Processes objects in the region in which they arrive: ingest bucket, notification, topic,
 * subscription, Cloud Run, results; and a dead letter topic for what cannot be processed. A region
 * that fails stops no other.
 *
 * The container gets `REGION`, `INGEST_BUCKET`, `RESULTS_BUCKET` and `WORKER_MODE`, which is `push`
 * or `pull`, and unset in ingest services. With push it answers Pub/Sub's requests to `/process`:
 * 2xx when the results are written, anything else to try again. With pull it takes messages of
 * `SUBSCRIPTION`. A message's attributes `bucketId`, `objectId` and `objectGeneration` name the
 * object. The same message may come twice.
 */
@checked
export class ProcessingPipeline extends Construct {
  /** In the order of `regions`, draining ones included. */
  public readonly regions: PipelineRegion[];
  /** The account that Pub/Sub calls push processors as. */
  public readonly invoker: ServiceAccount;
  /** Whether nothing leaves a region. */
  public readonly residency: boolean;
  private readonly draining: readonly string[];

  public constructor(scope: Construct, id: string, props: ProcessingPipelineProps) {
    super(scope, id);
    useProvider(this, props.provider);
    checkRegions(this, props);
    const { regionOverrides = {}, drainingRegions = [], residency = false } = props;
    const timing = this.checkedTiming(props);
    const regions = props.regions.map((region) => {
      const overrides: PipelineRegionOverrides = withoutUnset(regionOverrides[region] ?? {});
      const merged = {
        ...props,
        ...timing,
        ...overrides,
        env: { ...props.env, ...overrides.env },
        secretEnv: { ...props.secretEnv, ...overrides.secretEnv },
        region,
        residency,
        ordered: props.ordered ?? false,
        exactlyOnce: props.exactlyOnce ?? false,
        removalPolicy: drainingRegions.includes(region) ? RemovalPolicy.DESTROY : props.removalPolicy,
      };
      this.checkRegion(merged);
      return merged;
    });
    this.residency = residency;
    this.draining = drainingRegions;
    this.invoker = new ServiceAccount(this, "Invoker");
    this.regions = regions.map((each) => new PipelineRegion(this, each.region, { ...each, invoker: this.invoker }));
  }

  /**
   * Adds an ingest service of the same image in every region, which takes work at `POST /v1/batch`
   * and stores it in its region's ingest bucket. `api.addPipeline` routes requests to it.
   */
  public addSubmission(options: SubmissionOptions = {}): CloudRunRegion[] {
    this.checkEnvironment(options);
    return this.regions.map((region) => region._addSubmission(options));
  }

  /** Lets an account put objects into the ingest bucket of each region. */
  public grantUpload(grantee: IGrantee): void {
    for (const region of this.regions) region.grantUpload(grantee);
  }

  /** Lets an account read the dead letters of each region, and take them away. */
  public grantReadDeadLetters(grantee: IGrantee): void {
    for (const { deadLetters } of this.regions) deadLetters.grantRead(grantee);
  }

  /** The ingest services that get requests. @internal */
  public get _targets(): CloudRunRegion[] {
    return this.regions.flatMap(({ region, submission }) =>
      submission && !this.draining.includes(region) ? [submission] : [],
    );
  }

  private checkedTiming(props: ProcessingPipelineProps) {
    const {
      processingSeconds = 300,
      maxDeliveryAttempts = 10,
      minBackoffSeconds = 10,
      maxBackoffSeconds = 600,
    } = props;
    const { ackDeadlineSeconds = processingSeconds, messageRetentionDays = 7, inputRetentionDays = 30 } = props;
    checkWithin(this, "processingSeconds", processingSeconds, ackDeadline, "split the work into smaller objects");
    checkWithin(this, "ackDeadlineSeconds", ackDeadlineSeconds, ackDeadline);
    checkWithin(this, "maxDeliveryAttempts", maxDeliveryAttempts, deliveryAttempts);
    checkWithin(this, "minBackoffSeconds", minBackoffSeconds, retryBackoff);
    checkWithin(this, "maxBackoffSeconds", maxBackoffSeconds, retryBackoff);
    const longest = messageRetention.max / 86400;
    checkInteger(this, "messageRetentionDays", messageRetentionDays, 1, longest, "give a number of days");
    checkInteger(this, "inputRetentionDays", inputRetentionDays, 1, 36500, "give a number of days");
    if (isAbove(processingSeconds, ackDeadlineSeconds)) {
      throw new ValidationError(this, {
        what: "ackDeadlineSeconds",
        got: ackDeadlineSeconds,
        allowed: `at least processingSeconds, ${processingSeconds}`,
        fix: "raise it or leave it out: a message that is still being processed would be delivered again",
      });
    }
    if (isAbove(minBackoffSeconds, maxBackoffSeconds)) {
      throw new ValidationError(this, {
        what: "minBackoffSeconds",
        got: minBackoffSeconds,
        allowed: `at most maxBackoffSeconds, ${maxBackoffSeconds}`,
        fix: "lower it, or raise maxBackoffSeconds",
      });
    }
    return {
      processingSeconds,
      ackDeadlineSeconds,
      maxDeliveryAttempts,
      minBackoffSeconds,
      maxBackoffSeconds,
      messageRetentionDays,
      inputRetentionDays,
    };
  }

  private checkRegion(props: PipelineOptions & { readonly region: string; readonly ingestBucketName?: string }): void {
    const { region, results, delivery = Delivery.push() } = props;
    this.checkEnvironment(props);
    if (props.exactlyOnce && delivery._pull === undefined) {
      throw new ValidationError(this, {
        what: "exactlyOnce",
        got: `true, with Delivery.push() in ${region}`,
        allowed: "true with Delivery.pull()",
        fix: "pull, or leave it out: results have fixed names, so that a message that comes twice does no harm",
      });
    }
    const bucket = results.bucketNameIn(region);
    if (bucket === props.ingestBucketName) {
      throw new ValidationError(this, {
        what: "results",
        got: bucket,
        allowed: "another bucket than the ingest bucket",
        fix: "results would be processed again, for ever: write them to a ResultStore of their own",
      });
    }
    if (props.residency && !results.staysIn(region)) {
      throw new ValidationError(this, {
        what: "results",
        got: `${results.node.path}, which is not known to stay in ${region}`,
        allowed: `with residency, a store with a bucket in ${region}`,
        fix: `create it with StoreLocation.regions(["${region}"]), or set residency: false`,
      });
    }
  }

  private checkEnvironment(props: ContainerOptions): void {
    const name = [...Object.keys(props.env ?? {}), ...Object.keys(props.secretEnv ?? {})].find((each) =>
      CONTRACT.includes(each),
    );
    if (name === undefined) return;
    throw new ValidationError(this, {
      what: "environment variable",
      got: name,
      allowed: `any except ${CONTRACT.join(", ")}, which the pipeline sets`,
      fix: "rename it",
    });
  }
}

function isAbove(less: number, more: number): boolean {
  return !Token.isUnresolved(less) && !Token.isUnresolved(more) && less > more;
}
