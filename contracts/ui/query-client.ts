import { QueryClient } from "@tanstack/react-query";

/**
 * Queries that fail say so at once; what polls asks again anyway. They also run where the browser believes itself
 * offline: a ward's network may reach its gateway and nothing else.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: "always" } } });
}
