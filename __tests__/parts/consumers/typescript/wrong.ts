// Mistakes that the package's types have to catch; typescript.test.ts expects an error in each of these lines, and nowhere else.
import { ContainerImage, GlobalAiApi, Gpu, type ServerlessBackend, Tls } from "cdktf-global-ai-api";

declare const api: GlobalAiApi;
declare const backend: ServerlessBackend;
const image = ContainerImage.fromReference("docker.io/acme/chat:1.2.3");

new GlobalAiApi(api, "noTls", { image, regions: ["europe-west1"] });
new GlobalAiApi(api, "image", { image: "docker.io/acme/chat", regions: ["europe-west1"], tls: Tls.none() });
new GlobalAiApi(api, "region", { image, region: "europe-west1", regions: [], tls: Tls.none() });
new Gpu();
api.addRoute({ backend, path: "/v1/*" });
backend.backendId = "other";
