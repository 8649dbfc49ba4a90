import { type App, type TerraformStack, Testing } from "cdktf";
import { envoyConfig } from "../../lib/preview/envoy-config";
import { readPreview } from "../../lib/preview/plan";
import { type Block, blocksOf, TerraformDocument } from "../../lib/topology/document";
import { Topology } from "../../lib/topology/topology";
import { URL_MAPS } from "../../lib/topology/url-maps";
import { numberOf, textOf } from "../../lib/topology/value";
import { AnycastInstancesStack } from "../../stacks/examples/anycast-instances";
import { ProcessingStack } from "../../stacks/examples/processing";
import { frontends, services, to } from "../preview/preview-document";
import { synthesize } from "../stacks/synthesize";
import { envoyProblem, runPreview } from "./envoy-support";

const example = (create: new (app: App, id: string) => TerraformStack) =>
  TerraformDocument.parse(JSON.parse(Testing.synth(new create(Testing.app(), "example"))));

const DOCUMENTS: Readonly<Record<string, () => TerraformDocument>> = {
  dev: () => synthesize("dev"),
  prod: () => synthesize("prod"),
  "example anycast-instances": () => example(AnycastInstancesStack),
  "example processing": () => example(ProcessingStack),
};

test.each(Object.keys(DOCUMENTS))("Envoy takes the configuration of %s", (name) => {
  const topology = new Topology(DOCUMENTS[name]!());
  const { frontends, upstreams } = readPreview(topology);
  expect(frontends.length).toBeGreaterThan(0);
  const config = envoyConfig(topology, {
    listeners: Object.fromEntries(frontends.map((frontend, index) => [frontend.name, 20000 + index])),
    upstreams: Object.fromEntries(upstreams.map(({ id }, index) => [id, { port: 21000 + index, roundTripMs: 1 }])),
    adminPort: 20999,
    regionsByDistance: [],
  });
  expect(envoyProblem(config)).toBeUndefined();
});

describe("tests that URL maps bring along", () => {
  const routed = {
    resource: {
      ...services({ api: ["europe-west1"], chat: ["europe-west1"] }),
      ...frontends([
        {
          default_service: to("api"),
          host_rule: [{ hosts: ["*.example.com"], path_matcher: "m" }],
          path_matcher: [
            {
              name: "m",
              default_service: to("api"),
              path_rule: [
                { paths: ["/chat/*"], service: to("chat") },
                {
                  paths: ["/old"],
                  url_redirect: { path_redirect: "/new", strip_query: true, redirect_response_code: "FOUND" },
                },
              ],
            },
          ],
          test: [
            { host: "a.example.com", path: "/chat/1", service: to("chat") },
            { host: "example.org", path: "/chat/1", service: to("api") },
            {
              host: "a.example.com",
              path: "/old?a=1",
              expected_output_url: "http://a.example.com/new",
              expected_redirect_response_code: 302,
            },
          ],
        },
      ]),
    },
  };

  test.each(["routes", "dev", "prod", "example anycast-instances", "example processing"])("%s", async (name) => {
    const document = name === "routes" ? TerraformDocument.parse(routed) : DOCUMENTS[name]!();
    const topology = new Topology(document);
    const preview = await runPreview(document.json);
    try {
      const answers = [];
      for (const { resource } of topology.places(URL_MAPS)) {
        const frontend = readPreview(topology).frontends.find(({ urlMap }) => urlMap === resource.address);
        for (const block of frontend ? blocksOf(resource.values.test) : []) {
          const answer = await preview.ask(frontend!.name, textOf(block.path)!, {
            host: textOf(block.host),
            headers: { authorization: "Bearer test", ...headersOf(block) },
          });
          answers.push(
            block.service === undefined
              ? [block, answer.headers.location, answer.status]
              : [block, String(answer.headers["x-preview-backend"])],
          );
        }
      }
      if (name === "routes" || name === "prod") expect(answers.length).toBeGreaterThan(0);
      expect(answers).toEqual(answers.map(([block]) => expected(topology, block as Block)));
    } finally {
      await preview.stop();
    }
  });

  function expected({ document }: Topology, block: Block): unknown[] {
    const { service, expected_output_url, expected_redirect_response_code: code } = block;
    return service === undefined
      ? [block, expected_output_url, numberOf(code)]
      : [block, document.target(service)?.address];
  }

  function headersOf({ headers }: Block): Record<string, string> {
    return Object.fromEntries(blocksOf(headers).map(({ name, value }) => [textOf(name)!, textOf(value)!]));
  }
});
