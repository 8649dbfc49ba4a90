import type { ResourceType } from "./resource-type";

export const certificatesTypes: readonly ResourceType[] = [];
