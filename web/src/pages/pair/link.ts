// punktfunk://connect/HOST:PORT?fp=…&name=…: leads a client to this host and says which certificate it must show. It carries
// no PIN and asks for no trust: pairing stays between two people and a screen.
export function connectLink(host: { address: string; fingerprint: string; name: string }, seenAs: string): string {
  const port = host.address.slice(host.address.lastIndexOf(':') + 1);
  const name = seenAs.includes(':') && !seenAs.startsWith('[') ? `[${seenAs}]` : seenAs;
  const facts = new URLSearchParams({ fp: host.fingerprint, name: host.name });
  return `punktfunk://connect/${name}:${port}?${facts.toString()}`;
}
