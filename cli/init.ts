import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { CommandResult } from "./command";

/** What an app needs of this package's own package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Writes a new app into a folder. Nothing is overwritten: where a file is there already, nothing is
 * written at all, and the exit code is 2.
 */
export function init(folder: string, own: Manifest): CommandResult {
  const target = resolve(folder);
  const name = slug(basename(target));
  const files = filesOf(name, own);
  const existing = Object.keys(files).filter((file) => existsSync(join(target, file)));
  if (existing.length > 0) {
    const stderr = `${target} already has ${existing.join(", ")}; nothing was written. Choose a new folder.\n`;
    return { exitCode: 2, stdout: "", stderr };
  }
  for (const [file, text] of Object.entries(files)) {
    const path = join(target, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const enter = relative(process.cwd(), target);
  const next = [...(enter === "" ? [] : [`cd ${enter}`]), "npm install", "npm start"];
  return {
    exitCode: 0,
    stdout: `Wrote ${Object.keys(files).join(", ")}.\n\nNext:\n  ${next.join("\n  ")}\n`,
    stderr: "",
  };
}

/** A name that npm packages, Terraform stacks and construct ids may have. */
function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^[^a-z]+|-+$/g, "") || "ai-api"
  );
}

function filesOf(name: string, own: Manifest): Record<string, string> {
  const { "@types/node": nodeTypes, "cdktf-cli": cli, tsx, typescript } = own.devDependencies;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    "package.json": json({
      name,
      private: true,
      scripts: {
        start: "tsx main.ts && global-ai-api show cdktf.out",
        check: "global-ai-api check cdktf.out",
        typecheck: "tsc --noEmit",
      },
      dependencies: { [own.name]: `^${own.version}`, ...own.peerDependencies },
      devDependencies: { "@types/node": nodeTypes, "cdktf-cli": cli, tsx, typescript },
      engines: own.engines,
    }),
    "cdktf.json": json({
      language: "typescript",
      app: "npx tsx main.ts",
      sendCrashReports: "false",
      terraformProviders: [],
      terraformModules: [],
    }),
    "tsconfig.json": json({
      compilerOptions: {
        target: "es2023",
        module: "node20",
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        types: ["node"],
      },
      include: ["*.ts"],
    }),
    "main.ts": `import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ContainerImage, GlobalAiApi, RemovalPolicy, Tls } from "${own.name}";

const app = new App();
const stack = new TerraformStack(app, "${name}");
new GoogleProvider(stack, "google", { project: process.env.GOOGLE_PROJECT ?? "my-project" });
// For trying it out alone. A team keeps the state in a GcsBackend or a CloudBackend.
new LocalBackend(stack, { path: "../../../terraform.${name}.tfstate" });
new GlobalAiApi(stack, "api", {
  // An example that answers every request; the image of your model server goes here.
  image: ContainerImage.fromReference("us-docker.pkg.dev/cloudrun/container/hello"),
  regions: ["europe-west1", "us-central1"],
  // With a domain: Tls.managed(["api.example.com"])
  tls: Tls.none(),
  // RemovalPolicy.PROTECT, the default, once somebody relies on it.
  removalPolicy: RemovalPolicy.DESTROY,
});
app.synth();
`,
    ".gitignore": "node_modules/\ncdktf.out/\n.terraform/\nterraform.*.tfstate*\n*.log\n",
    ".github/workflows/plan.yml": `name: plan
on: pull_request
permissions:
  contents: read
  id-token: write
  security-events: write
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - run: npm ci
      - run: npm run typecheck
      - run: npm start
      - run: npx global-ai-api check cdktf.out --format sarif > findings.sarif
      - uses: github/codeql-action/upload-sarif@v3
        if: always()
        with: { sarif_file: findings.sarif }
      - run: npx global-ai-api report cdktf.out --svg --out report
        if: always()
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: report, path: report }
      # The plan needs credentials: a workload identity provider that trusts this repository, and a
      # service account that may read the project and the state.
      - uses: google-github-actions/auth@v2
        if: vars.WORKLOAD_IDENTITY_PROVIDER != ''
        with:
          workload_identity_provider: \${{ vars.WORKLOAD_IDENTITY_PROVIDER }}
          service_account: \${{ vars.SERVICE_ACCOUNT }}
      - uses: hashicorp/setup-terraform@v3
        if: vars.WORKLOAD_IDENTITY_PROVIDER != ''
        with: { terraform_wrapper: false }
      - run: npx cdktf diff ${name}
        if: vars.WORKLOAD_IDENTITY_PROVIDER != ''
        env:
          GOOGLE_PROJECT: \${{ vars.GOOGLE_PROJECT }}
`,
  };
}
