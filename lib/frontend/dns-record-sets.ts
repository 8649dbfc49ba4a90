import { DnsRecordSet } from "@cdktf/provider-google/lib/dns-record-set";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checkWithin } from "../core/checks";
import { recordTtl } from "../google/dns";
import { ProjectServices } from "../project/project-services";
import { isOtherProject, literalProject } from "../project/provider";
import type { DnsRecord } from "./dns-record";
import { type IDnsZone, isInZone } from "./dns-zone";

/** A record, and the conditions for creating it. */
export interface PlannedRecord {
  /** In lower case and ASCII, without the final dot. */
  readonly domain: string;
  /** A, AAAA or CNAME: the later value of `record.type`. */
  readonly type: string;
  readonly record: DnsRecord;
  /** What must serve before the record exists, and is removed only after it. */
  readonly dependsOn?: ITerraformDependable[];
}

export interface DnsRecordSetsProps {
  readonly zone: IDnsZone;
  readonly records: readonly PlannedRecord[];
  /** @default 300 */
  readonly ttlSeconds?: number;
}

const DEFAULT_TTL_SECONDS = 300;

/**
 * The records within a zone, each with a construct id of its domain and type.
 *
 * Never created before a predecessor is destroyed: a zone has one record set per name and type.
 */
export class DnsRecordSets extends Construct {
  public readonly resources: DnsRecordSet[] = [];
  private readonly held = new Set<DnsRecord>();

  public constructor(scope: Construct, id: string, props: DnsRecordSetsProps) {
    super(scope, id);
    const { zone, records, ttlSeconds = DEFAULT_TTL_SECONDS } = props;
    checkWithin(scope, "dnsTtlSeconds", ttlSeconds, recordTtl, "300 is usual: five minutes");
    const apis = ProjectServices.of(this).require("dns.googleapis.com");
    for (const { domain, type, record, dependsOn = [] } of records) {
      if (!isInZone(zone, domain)) continue;
      this.held.add(record);
      this.resources.push(
        new DnsRecordSet(this, `${domain} ${type}`, {
          project: zone.projectId ?? (isOtherProject(this, zone) ? literalProject(zone) : undefined),
          managedZone: zone.zoneName,
          name: record.name,
          type,
          ttl: ttlSeconds,
          rrdatas: [record.data],
          dependsOn: [...apis, ...dependsOn],
        }),
      );
    }
  }
  /** Whether the zone holds it. */
  public has(record: DnsRecord): boolean {
    return this.held.has(record);
  }
}
