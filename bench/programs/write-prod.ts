import { writeFileSync } from "node:fs";
import { App } from "cdktf";
import { AiApiStack } from "../../stacks/ai-api-stack";
import { resolveEnvironment } from "../../stacks/environment";
import { environments } from "../../stacks/environments";

/** `write-prod.ts FILE`: prod as synth writes it. */
const stack = new AiApiStack(new App(), "prod", resolveEnvironment("prod", environments, {}));
writeFileSync(process.argv[2]!, JSON.stringify(stack.toTerraform(), null, 2));
