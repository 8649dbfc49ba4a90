import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "report-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The pages of dev, prod, both examples, and of 43 regions × 10 services, by name. */
export function writePages(): Readonly<Record<string, string>> {
  const outdir = join(folder, "synth");
  for (const app of ["main.ts", "stacks/examples/app.ts"]) run(["scripts/run.cjs", app], { CDKTF_OUTDIR: outdir });
  const [large, odd] = ["large", "odd"].map((name) => join(outdir, name, "cdk.tf.json")) as [string, string];
  for (const file of [large, odd]) mkdirSync(join(file, ".."), { recursive: true });
  run(["scripts/run.cjs", "bench/programs/write-stack.ts", large]);
  writeFileSync(odd, JSON.stringify(ODD));
  const pages = run(["bin/global-ai-api.cjs", "report", outdir, "--out", join(folder, "pages")])
    .trim()
    .split("\n");
  return Object.fromEntries(pages.map((page) => [/([^/\\]+)\.html$/.exec(page)![1]!, page]));
}

function run(args: readonly string[], env: Record<string, string> = {}): string {
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } });
}

/** Names that would be markup if they were not escaped, and texts without a place to break. */
const ODD = {
  "//": { metadata: { stackName: "odd" } },
  resource: {
    google_compute_backend_service: {
      gold: { name: "gold", load_balancing_scheme: "EXTERNAL_MANAGED" },
      odd: { name: "</script><img src=x onerror=alert(1)>", load_balancing_scheme: "EXTERNAL_MANAGED" },
    },
    google_compute_url_map: {
      odd: {
        name: `"quoted" & <b>bold</b>`,
        description: "x".repeat(300),
        default_service: "${google_compute_backend_service.odd.id}",
        host_rule: [{ hosts: ["<i>.example.com", `${"long-label.".repeat(12)}example.com`], path_matcher: "odd" }],
        path_matcher: [
          {
            name: "odd",
            default_service: "${google_compute_backend_service.odd.id}",
            route_rules: [
              {
                priority: 1,
                match_rules: [
                  { prefix_match: "/<script>", header_matches: [{ header_name: "x-'odd'", exact_match: `"<&>"` }] },
                ],
                service: "${google_compute_backend_service.odd.id}",
              },
              {
                priority: 2,
                match_rules: [{ prefix_match: "/", header_matches: [{ header_name: "X-Tier", exact_match: "gold" }] }],
                route_action: { url_rewrite: { path_prefix_rewrite: "/gold/" } },
                service: "${google_compute_backend_service.gold.id}",
              },
            ],
          },
        ],
      },
    },
  },
};
