import { isExpression } from "../../language/reference";
import type { Resource } from "../../topology/document";
import { isSet } from "../places";

/** Whether a firewall rule is for incoming traffic; it is unless it says otherwise. */
export function isIngress(firewall: Resource): boolean {
  return (firewall.values.direction ?? "INGRESS") !== "EGRESS";
}

/** Whether a list of ports may hold a port. */
export function opens(ports: unknown, port: number): boolean {
  if (!isSet(ports) || !Array.isArray(ports)) return true;
  return ports.some((each) => {
    if (isExpression(each)) return true;
    const [first = "", last] = String(each).split("-");
    return Number(first) <= port && port <= Number(last ?? first);
  });
}
