import type { ResourceType } from "./resource-type";

export const projectTypes: readonly ResourceType[] = [];
