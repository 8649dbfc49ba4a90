import { relative } from "node:path";
import type { Log, ReportingDescriptor, Result } from "sarif";
import type { Finding } from "../lib/rules/rule";
import type { Judged } from "./findings";

/** Findings as SARIF 2.1.0, which code hosts show beside the changed lines of a pull request. */
export function sarifOf(judged: readonly Judged[], version: string): string {
  const findings = judged.flatMap(({ findings, suppressed }) => [...findings, ...suppressed]);
  const ids = [...new Set(findings.map(({ rule }) => rule))];
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "global-ai-api",
            version,
            rules: ids.map((id) => descriptor(findings.find(({ rule }) => rule === id)!)),
          },
        },
        results: judged.flatMap(({ name, findings: found, suppressed }) => [
          ...found.map((finding) => result(name, finding, ids)),
          ...suppressed.map((finding) => ({
            ...result(name, finding, ids),
            suppressions: [{ kind: "inSource" as const, justification: finding.reason }],
          })),
        ]),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor({ rule, severity, title, fix, source }: Finding): ReportingDescriptor {
  return {
    id: rule,
    shortDescription: { text: `${title}.` },
    help: { text: `Fix: ${fix}. Source: ${source}.` },
    defaultConfiguration: { level: severity },
  };
}

function result(
  name: string,
  { rule, severity, address, path, attribute, message, fix }: Finding,
  ids: string[],
): Result {
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: severity,
    message: { text: `${message} Fix: ${fix}.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(relative(".", name).replaceAll("\\", "/")), uriBaseId: "%SRCROOT%" },
        },
        logicalLocations: [
          { fullyQualifiedName: [address, attribute].filter(Boolean).join("."), kind: "resource" },
          ...(path === undefined ? [] : [{ fullyQualifiedName: path, kind: "member" }]),
        ],
      },
    ],
  };
}
