import { PubsubSubscription } from "@cdktf/provider-google/lib/pubsub-subscription";
import { PubsubSubscriptionIamMember } from "@cdktf/provider-google/lib/pubsub-subscription-iam-member";
import { PubsubTopic } from "@cdktf/provider-google/lib/pubsub-topic";
import { PubsubTopicIamMember } from "@cdktf/provider-google/lib/pubsub-topic-iam-member";
import { StorageNotification } from "@cdktf/provider-google/lib/storage-notification";
import { dependable, type ITerraformDependable, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkLiteral } from "../core/checks";
import { CLOUD_RUN_NAME, generatedName, hashedSlug } from "../core/naming";
import type { RemovalPolicy } from "../core/removal-policy";
import type { IImage } from "../image/container-image";
import { grantBucketRole } from "../project/buckets";
import type { IGrantee } from "../project/grantee";
import { type IServiceAccount, ServiceAccount } from "../project/service-account";
import { pubsubAgent, storageAgent } from "../project/service-agents";
import { Access } from "../region/access";
import { type CloudRunOptions, Ingress } from "../region/cloud-run/cloud-run-options";
import { CloudRunRegion } from "../region/cloud-run/cloud-run-region";
import { CloudRunService } from "../region/cloud-run/cloud-run-service";
import { WorkerPoolRegion } from "../region/cloud-run/worker-pool-region";
import { DataBucket } from "./data-bucket";
import { DeadLetters } from "./dead-letters";
import { Delivery } from "./delivery";
import type { PipelineRegionOptions } from "./processing-pipeline";
import type { IResultStore } from "./result-store";
import { LONGEST_PUBSUB_NAME, renderTopic } from "./topic";

/** One region's share of a pipeline, with the pipeline's defaults filled in and checked. */
export interface PipelineRegionProps extends PipelineRegionOptions {
  readonly region: string;
  readonly image: IImage;
  readonly results: IResultStore;
  readonly ingestBucketName?: string;
  /** The account whose tokens Pub/Sub's pushes carry. */
  readonly invoker: IServiceAccount;
  readonly residency: boolean;
  readonly processingSeconds: number;
  readonly ackDeadlineSeconds: number;
  readonly maxDeliveryAttempts: number;
  readonly minBackoffSeconds: number;
  readonly maxBackoffSeconds: number;
  readonly messageRetentionDays: number;
  readonly inputRetentionDays: number;
  readonly ordered: boolean;
  readonly exactlyOnce: boolean;
  readonly removalPolicy?: RemovalPolicy;
}

/** How an ingest service runs, and who may submit work to it. */
export interface SubmissionOptions extends CloudRunOptions {
  /** @default Access.public() */
  readonly access?: Access;
}

/**
 * Everything of a pipeline that is in one region: what arrives in the ingest bucket is announced on
 * a topic, and the processor reads it and writes its results. It shares nothing with other regions
 * but the account of pushes.
 */
@checked
export class PipelineRegion extends Construct {
  public readonly region: string;
  public readonly ingest: DataBucket;
  /** The bucket that the processor writes to. */
  public readonly resultsBucketName: string;
  public readonly topic: PubsubTopic;
  public readonly subscription: PubsubSubscription;
  public readonly deadLetters: DeadLetters;
  /** What the processor runs as: reads the ingest bucket, writes results. */
  public readonly serviceAccount: IServiceAccount;
  /** With `Delivery.push()`. */
  public readonly service?: CloudRunService;
  /** With `Delivery.pull()`. */
  public readonly workerPool?: WorkerPoolRegion;
  private ownSubmission?: CloudRunRegion;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineRegionProps,
  ) {
    super(scope, id);
    const { region, removalPolicy, delivery = Delivery.push() } = props;
    checkLiteral(this, "messageRetentionDays", props.messageRetentionDays);
    this.region = region;
    this.resultsBucketName = props.results.bucketNameIn(region);
    this.ingest = new DataBucket(this, "Ingest", {
      location: region,
      bucketName: props.ingestBucketName,
      versioning: false,
      retentionDays: props.inputRetentionDays,
      encryptionKey: props.encryptionKey,
      removalPolicy,
    });
    this.topic = new PubsubTopic(this, "Topic", {
      name: generatedName(this, LONGEST_PUBSUB_NAME),
      ...renderTopic(this, props),
    });
    this.deadLetters = new DeadLetters(this, "DeadLetters", props);
    this.announceObjects();
    this.serviceAccount = new ServiceAccount(this, "Account");
    const access = [
      grantBucketRole(this, this.ingest.bucketName, "roles/storage.objectViewer", this.serviceAccount),
      props.results.grantWrite(this.serviceAccount, region),
    ];
    const pull = delivery._pull;
    if (pull === undefined) this.service = this.createService();
    this.subscription = this.createSubscription(access, this.service);
    this.grantSubscriber("Forwarder", pubsubAgent(this).member);
    if (pull === undefined) return;
    const subscriber = this.grantSubscriber("Subscriber", this.serviceAccount.iamMember);
    this.workerPool = new WorkerPoolRegion(this, "Processor", {
      ...props,
      ...pull,
      poolName: this.nameOf("worker"),
      env: { ...props.env, ...this.buckets(), WORKER_MODE: "pull", SUBSCRIPTION: this.subscription.id },
      serviceAccount: this.serviceAccount,
    });
    waitFor(this.workerPool.resource, [subscriber, ...access]);
  }

  /** The ingest service, if the pipeline has one: `addSubmission`. */
  public get submission(): CloudRunRegion | undefined {
    return this.ownSubmission;
  }

  /** Lets an account put objects into the ingest bucket. */
  public grantUpload(grantee: IGrantee): ITerraformDependable {
    return grantBucketRole(this, this.ingest.bucketName, "roles/storage.objectCreator", grantee, grantee);
  }

  /** @internal */
  public _addSubmission(options: SubmissionOptions): CloudRunRegion {
    const serviceAccount = new ServiceAccount(this, "SubmissionAccount");
    this.ownSubmission = new CloudRunRegion(this, "Submission", {
      ...options,
      serviceName: this.nameOf("submission"),
      region: this.region,
      image: this.props.image,
      env: { ...this.props.env, ...options.env, ...this.buckets() },
      serviceAccount,
      removalPolicy: this.props.removalPolicy,
    });
    waitFor(this.ownSubmission.neg.resource, [this.grantUpload(serviceAccount)]);
    return this.ownSubmission;
  }

  /** The same in every region. */
  private nameOf(part: string): string {
    return hashedSlug(`${this.node.scope!.node.path} ${part}`, CLOUD_RUN_NAME.maxLength);
  }

  /** What every container is told; without `WORKER_MODE` it processes nothing. */
  private buckets(): { [name: string]: string } {
    return { REGION: this.region, INGEST_BUCKET: this.ingest.bucketName, RESULTS_BUCKET: this.resultsBucketName };
  }

  private announceObjects(): void {
    const publisher = new PubsubTopicIamMember(this, "Publisher", {
      topic: this.topic.name,
      role: "roles/pubsub.publisher",
      member: storageAgent(this).member,
    });
    new StorageNotification(this, "Notification", {
      bucket: this.ingest.bucketName,
      topic: this.topic.id,
      payloadFormat: "JSON_API_V1",
      eventTypes: ["OBJECT_FINALIZE"],
      dependsOn: [publisher],
    });
  }

  private createService(): CloudRunService {
    const { props } = this;
    return new CloudRunService(this, "Processor", {
      ...props,
      serviceName: this.nameOf("processor"),
      concurrency: props.concurrency ?? (props.gpu ? undefined : Math.max(1, Math.floor(props.cpu ?? 1))),
      timeoutSeconds: props.processingSeconds,
      env: { ...props.env, ...this.buckets(), WORKER_MODE: "push" },
      ingress: Ingress.INTERNAL,
      access: Access.members([]),
      serviceAccount: this.serviceAccount,
    });
  }

  /** @param access What the processor needs when the first message arrives. */
  private createSubscription(access: ITerraformDependable[], service?: CloudRunService): PubsubSubscription {
    const { props } = this;
    return new PubsubSubscription(this, "Subscription", {
      // Topic and ordering force replacement; the topic never changes.
      name: generatedName(this, LONGEST_PUBSUB_NAME, [props.ordered ? "ordered" : "unordered"]),
      topic: this.topic.id,
      ackDeadlineSeconds: props.ackDeadlineSeconds,
      messageRetentionDuration: `${props.messageRetentionDays * 86400}s`,
      expirationPolicy: { ttl: "" },
      enableMessageOrdering: props.ordered,
      enableExactlyOnceDelivery: props.exactlyOnce,
      retryPolicy: { minimumBackoff: `${props.minBackoffSeconds}s`, maximumBackoff: `${props.maxBackoffSeconds}s` },
      deadLetterPolicy: {
        deadLetterTopic: this.deadLetters.topic.id,
        maxDeliveryAttempts: props.maxDeliveryAttempts,
      },
      pushConfig: service && {
        pushEndpoint: `${service.url}/process`,
        oidcToken: { serviceAccountEmail: props.invoker.email, audience: service.url },
      },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [
        this.deadLetters._publisher,
        ...(service ? [service.grantInvoke(props.invoker.iamMember), ...access] : []),
      ],
    });
  }

  private grantSubscriber(id: string, member: string): PubsubSubscriptionIamMember {
    return new PubsubSubscriptionIamMember(this, id, {
      subscription: this.subscription.name,
      role: "roles/pubsub.subscriber",
      member,
    });
  }
}

function waitFor(resource: TerraformResource, dependables: readonly ITerraformDependable[]): void {
  resource.dependsOn = [...(resource.dependsOn ?? []), ...dependables.map(dependable)];
}
