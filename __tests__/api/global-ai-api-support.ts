import { ContainerImage, GlobalAiApi, type GlobalAiApiProps, Tls } from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";

export const CHAT = ContainerImage.fromReference("docker.io/acme/chat:1");

/** An API in two regions, with what the test changes of it and adds to it. */
export function buildApi(
  options: Partial<GlobalAiApiProps> = {},
  then?: (api: GlobalAiApi) => void,
): TerraformDocument {
  const stack = testStack();
  const api = new GlobalAiApi(stack, "chat", {
    image: CHAT,
    regions: ["europe-west1", "us-central1"],
    tls: Tls.managed(["api.example.com"]),
    ...options,
  });
  then?.(api);
  return synth(stack);
}

export function output(document: TerraformDocument, name: string): unknown {
  return (document.outputs[name] as { value: unknown }).value;
}
