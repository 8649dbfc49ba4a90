import { LoggingProjectBucketConfig } from "@cdktf/provider-google/lib/logging-project-bucket-config";
import { LoggingProjectSink } from "@cdktf/provider-google/lib/logging-project-sink";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { generatedName } from "../core/naming";
import { projectId } from "../project/project-number";
import { ProjectServices } from "../project/project-services";
import { providerProject } from "../project/provider";

/** What an API logs. */
export interface LoggedParts {
  readonly urlMapName: string;
  readonly services: readonly string[];
}

export interface LogRetentionOptions {
  readonly retentionDays: number;
  readonly location: string;
}

/** Of log buckets and sinks; at most 100 characters. */
const LONGEST_NAME = { maxLength: 100 };

/**
 * Keeps an API's logs in a bucket of their own. A sink to a bucket of its own project needs no
 * grant (Cloud Logging API v2, LogSink.writerIdentity, read 2026-11-22).
 */
export function keepLogs(
  scope: Construct,
  id: string,
  { retentionDays, location }: LogRetentionOptions,
  logged: () => LoggedParts,
): LoggingProjectBucketConfig {
  const own = new Construct(scope, id);
  const bucket = new LoggingProjectBucketConfig(own, "Resource", {
    project: providerProject(own) ?? projectId(own),
    bucketId: generatedName(own, LONGEST_NAME),
    ...{ location, retentionDays },
    description: "Logs of the load balancer and the services of one API",
    dependsOn: ProjectServices.of(own).require("logging.googleapis.com"),
  });
  new LoggingProjectSink(own, "Sink", {
    name: generatedName(own, LONGEST_NAME),
    destination: `logging.googleapis.com/${bucket.id}`,
    filter: Lazy.stringValue({ produce: () => filterOf(logged()) }),
    uniqueWriterIdentity: true,
  });
  return bucket;
}

function filterOf({ urlMapName, services }: LoggedParts): string {
  const names = [...new Set(services)].sort().map((each) => JSON.stringify(each));
  return [
    `(resource.type="http_load_balancer" AND resource.labels.url_map_name=${JSON.stringify(urlMapName)})`,
    ...(names.length === 0
      ? []
      : [`(resource.type="cloud_run_revision" AND resource.labels.service_name=(${names.join(" OR ")}))`]),
  ].join(" OR ");
}
