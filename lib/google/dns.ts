import type { ResourceType } from "./resource-type";

export const dnsTypes: readonly ResourceType[] = [];
