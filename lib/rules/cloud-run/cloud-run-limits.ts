import { type Allowed, integer, length, limit, matching, oneOf, seconds } from "../limit";
import type { OldRule as Rule } from "../old-rule";
import { cloudRunTemplateLimitRules } from "./cloud-run-template-limits";
import { JOB, SERVICE, WORKER_POOL } from "./cloud-run-workload";

const ALL = `${SERVICE}|${JOB}|${WORKER_POOL}`;
const API = "Cloud Run Admin API v2";
const READ = "read 2026-11-22";
const PROVIDER = "schema of google 7.45.0: terraform validate says so too, but later";
const REGION_LIKE = /^[a-z]+(-[a-z]+)+\d+$/;

/** One region, not a zone, not a multi-region. */
const regionLike: Allowed = matching(REGION_LIKE, "the name of a region, such as europe-west1");

/** Of the service, job or worker pool itself. */
const resourceLimits: readonly Rule[] = [
  limit(
    "run-location",
    `${JOB}|${WORKER_POOL}`,
    "location",
    { ...regionLike, required: true },
    "name one region; for several write one resource per region",
    `docs.cloud.google.com/run/docs/locations, ${READ}`,
  ),
  limit(
    "run-service-location",
    SERVICE,
    "location",
    {
      text: 'the name of a region, such as europe-west1, or "global"',
      holds: (value) => value === "global" || regionLike.holds(value),
      required: true,
    },
    "name one region, not a zone and not a multi-region; for several write one resource per region",
    `docs.cloud.google.com/run/docs/locations, ${READ}`,
  ),
  limit(
    "run-description",
    `${SERVICE}|${WORKER_POOL}`,
    "description",
    length(0, 512),
    "shorten it",
    `${API}, Service.description, ${READ}`,
  ),
  limit(
    "run-ingress",
    SERVICE,
    "ingress",
    oneOf("INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"),
    "behind a load balancer use INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    PROVIDER,
  ),
  limit(
    "run-launch-stage",
    ALL,
    "launch_stage",
    oneOf("ALPHA", "BETA", "GA"),
    "leave it out unless a preview feature is used",
    `${API}, Service.launchStage, ${READ}`,
  ),
  limit(
    "run-scaling-mode",
    `${SERVICE}|${WORKER_POOL}`,
    "scaling.scaling_mode",
    oneOf("AUTOMATIC", "MANUAL"),
    "use AUTOMATIC or MANUAL",
    PROVIDER,
  ),
  limit(
    "run-min-instances",
    `${SERVICE}|${WORKER_POOL}`,
    "scaling.min_instance_count",
    integer(0),
    "give a number of instances",
    `${API}, ServiceScaling.minInstanceCount, ${READ}`,
  ),
  limit(
    "run-max-instances",
    `${SERVICE}|${WORKER_POOL}`,
    "scaling.max_instance_count",
    integer(1),
    "give at least 1",
    `${API}, ServiceScaling.maxInstanceCount, ${READ}`,
    { why: "0 is not sent and means the default of 100 or of the quota; a negative number is rejected at apply." },
  ),
  limit(
    "run-manual-instances",
    `${SERVICE}|${WORKER_POOL}`,
    "scaling.manual_instance_count",
    integer(0),
    "give a number of instances",
    `${API}, ServiceScaling.manualInstanceCount, ${READ}`,
  ),
  limit(
    "run-job-task-count",
    JOB,
    "template.task_count",
    integer(1, 10000),
    "split the work over several executions",
    `docs.cloud.google.com/run/docs/create-jobs, ${READ}`,
  ),
  limit(
    "run-job-parallelism",
    JOB,
    "template.parallelism",
    integer(0),
    "give a number of tasks; 0 is as many as possible",
    `${API}, ExecutionTemplate.parallelism, ${READ}`,
  ),
  limit(
    "run-job-retries",
    JOB,
    "template.template.max_retries",
    integer(0, 10),
    "retry at most 10 times, or start the job again from outside",
    `docs.cloud.google.com/run/docs/configuring/max-retries, ${READ}`,
  ),
  limit(
    "run-job-timeout",
    JOB,
    "template.template.timeout",
    seconds(1, 604800),
    "split the task; one attempt runs for at most 168 hours",
    `docs.cloud.google.com/run/docs/configuring/task-timeout, ${READ}`,
  ),
  limit(
    "run-timeout",
    SERVICE,
    "template.timeout",
    seconds(1, 3600),
    "answer within an hour, or do the work in a Cloud Run job",
    `docs.cloud.google.com/run/docs/configuring/request-timeout, ${READ}`,
  ),
  limit(
    "run-concurrency",
    SERVICE,
    "template.max_instance_request_concurrency",
    integer(0, 1000),
    "give at most 1000 requests per instance",
    `docs.cloud.google.com/run/docs/about-concurrency, ${READ}`,
  ),
  limit(
    "run-revision-min-instances",
    SERVICE,
    "template.scaling.min_instance_count",
    integer(0),
    "give a number of instances",
    `${API}, RevisionScaling.minInstanceCount, ${READ}`,
  ),
  limit(
    "run-revision-max-instances",
    SERVICE,
    "template.scaling.max_instance_count",
    integer(1),
    "give at least 1; to stop a service set its ingress or delete it",
    `${API}, RevisionScaling.maxInstanceCount, ${READ}`,
    { why: "0 is not sent and means the default of 100 or of the quota; a negative number is rejected at apply." },
  ),
  limit(
    "run-key-revocation-action",
    WORKER_POOL,
    "template.encryption_key_revocation_action",
    oneOf("PREVENT_NEW", "SHUTDOWN"),
    "use PREVENT_NEW or SHUTDOWN",
    PROVIDER,
  ),
  limit(
    "run-key-shutdown-duration",
    WORKER_POOL,
    "template.encryption_key_shutdown_duration",
    {
      text: 'whole hours, written like "3600s"',
      holds: (value) => /^[1-9]\d*s$/.test(String(value)) && Number.parseInt(String(value), 10) % 3600 === 0,
    },
    "give a multiple of 3600 s",
    `${API}, RevisionTemplate.encryptionKeyShutdownDuration, ${READ}`,
  ),
];

/** What single attributes of Cloud Run services, jobs and worker pools may be. */
export const cloudRunLimitRules: readonly Rule[] = [...resourceLimits, ...cloudRunTemplateLimitRules];
