/**
 * Where a webhook may go: to addresses of the internet, and never into the network that the service runs in. Asked of
 * each address at the moment of connecting, so that a name that answers differently the second time gains nothing.
 */
import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Neither of the internet (RFC 6890 and the registries of IANA), nor a way around that (6to4, Teredo, NAT64). */
const REFUSED_IPV4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;
const REFUSED_IPV6 = [
  // Loopback, the unspecified address, and IPv4 written as IPv6.
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const;

// Two lists: in one, every IPv4 address would count as the IPv6 address that it can be written as.
const refusedIpv4 = new BlockList();
const refusedIpv6 = new BlockList();
for (const [net, bits] of REFUSED_IPV4) refusedIpv4.addSubnet(net, bits, "ipv4");
for (const [net, bits] of REFUSED_IPV6) refusedIpv6.addSubnet(net, bits, "ipv6");

export function isRefusedAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return refusedIpv4.check(address, "ipv4");
  return family === 0 || refusedIpv6.check(address, "ipv6");
}

export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
  constructor(host: string) {
    super(`${host} is no address of the internet`);
  }
}

/** Without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** An address that stands in the URL is connected to without a lookup. */
export function requireAddress(url: URL, allowPrivate: boolean): void {
  const host = hostOf(url);
  if (!allowPrivate && isIP(host) !== 0 && isRefusedAddress(host)) throw new AddressRefusedError(host);
}

/** In place of the system's lookup: what it answers is what is connected to. One refused address refuses the name. */
export function lookupFor(allowPrivate: boolean): LookupFunction {
  return (host, options, callback) => {
    resolveName(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      const [first] = addresses;
      if (
        first === undefined ||
        (!allowPrivate && addresses.some(({ address }) => isRefusedAddress(address)))
      )
        return callback(new AddressRefusedError(host), "", 0);
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
