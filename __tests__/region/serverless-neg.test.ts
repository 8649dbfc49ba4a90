import { ServerlessNeg } from "../../lib";
import { only, synth, testStack } from "../support";

test("is created before its predecessor is destroyed", () => {
  const stack = testStack();
  new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" });
  expect(only(synth(stack), "google_compute_region_network_endpoint_group").values.lifecycle).toEqual({
    create_before_destroy: true,
  });
});
