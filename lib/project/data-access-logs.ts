import { ProjectIamAuditConfig } from "@cdktf/provider-google/lib/project-iam-audit-config";
import { dependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { DATA_ACCESS_SERVICES } from "../google/iam";
import { projectId } from "./project-number";
import { ProjectServices } from "./project-services";
import { oncePerProvider, providerProject } from "./provider";

/** What a Data Access audit log records. */
export enum DataAccessType {
  /** Reads of settings and metadata. Every plan of Terraform is many of them. */
  ADMIN_READ = "ADMIN_READ",
  /** Reads of what users keep: objects, images, secrets. */
  DATA_READ = "DATA_READ",
  /** Writes of it. */
  DATA_WRITE = "DATA_WRITE",
}

export interface DataAccessLogsOptions {
  /** @default DataAccessType.DATA_READ and DataAccessType.DATA_WRITE */
  readonly types?: DataAccessType[];
  /**
   * Who is not logged: `serviceAccount:EMAIL`, `group:EMAIL`, `user:EMAIL`. The account that reads
   * model weights from a mounted bucket writes an entry for each part that it reads. @default none
   */
  readonly exemptedMembers?: string[];
}

const CHILD_ID = "DataAccessLogs";

/**
 * Data Access audit logs: who read or wrote what in the Google Cloud services that a stack uses and
 * that keep data, keys or access: Artifact Registry, Cloud KMS, Cloud Run, Cloud SQL, Cloud Storage,
 * IAM, Identity-Aware Proxy, Pub/Sub, Secret Manager. Who changed what is in the Admin Activity logs,
 * which are always on and cost nothing.
 *
 * They are off by default in Google Cloud, because they cost as much as any log: 0.50 USD for each
 * GiB above the project's 50 GiB a month, and a million entries are 1 to 2 GiB (general knowledge,
 * 2026-11). Each setting holds for the whole project, and replaces another one for the same service.
 */
@checked
export class DataAccessLogs extends Construct {
  /**
   * Turns them on for the services that the stack uses now, and those that it uses later.
   *
   * @throws ValidationError for a second call, and for no types.
   */
  public static attach(scope: IConstruct, options: DataAccessLogsOptions = {}): DataAccessLogs {
    let isNew = false;
    const logs = oncePerProvider(scope, CHILD_ID, (stack, id) => {
      isNew = true;
      return new DataAccessLogs(stack, id, options);
    });
    if (!isNew) {
      throw new ValidationError(scope, {
        what: "DataAccessLogs.attach",
        got: "a second call",
        allowed: "one call for a stack",
        fix: "pass all types and exempted members to the first",
      });
    }
    const services = ProjectServices.of(logs);
    services._onUse((api) => logs.log(api));
    return logs;
  }

  private constructor(
    scope: Construct,
    id: string,
    private readonly options: DataAccessLogsOptions,
  ) {
    super(scope, id);
    if (options.types?.length !== 0) return;
    throw new ValidationError(this, {
      what: "types",
      got: options.types,
      allowed: "at least one type",
      fix: "leave it out for reads and writes of data, or do not attach",
    });
  }

  /** One for each service, in the order in which the stack came to use them. */
  public get configs(): ProjectIamAuditConfig[] {
    return this.node.children as ProjectIamAuditConfig[];
  }

  private log(api: string): void {
    const service = DATA_ACCESS_SERVICES[api];
    if (service === undefined || this.node.tryFindChild(service)) return;
    const { types = [DataAccessType.DATA_READ, DataAccessType.DATA_WRITE], exemptedMembers } = this.options;
    const config = new ProjectIamAuditConfig(this, service, {
      project: providerProject(this) ?? projectId(this),
      service,
      auditLogConfig: [...new Set(types)].map((logType) => ({ logType, exemptedMembers })),
    });
    // Requiring an API comes back here, and finds the config then.
    const services = ProjectServices.of(this);
    const apis = [...services.require(api), ...services.require("cloudresourcemanager.googleapis.com")];
    config.dependsOn = apis.map((each) => dependable(each));
  }
}
