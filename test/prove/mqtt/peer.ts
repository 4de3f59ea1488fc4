/** A client program that somebody else wrote, as one device over one door. */
export type WillParts = { readonly text: string; readonly qos: number; readonly isRetained: boolean };

export type Peer = {
  /** Subscribes to its status in a clean session, publishes to it, and returns what came back. */
  roundTrip(text: string, qos: number): Promise<string>;
  /** Publishes to its status, to be retained. */
  retain(text: string, qos: number): Promise<void>;
  /** Subscribes to its status and returns the first message. */
  hear(qos: number, isClean: boolean): Promise<string>;
  /** Subscribes to its status with a will on it, and breaks off without a word. */
  breakOff(will: WillParts, isClean: boolean): Promise<void>;
};

export type PeerWay = { readonly name: string; readonly peerOf: (deviceId: string, key: string) => Peer };

/** What a peer has to find, over one door at one QoS, on a device of its own. */
export async function checkPeer(peer: Peer, qos: number): Promise<readonly string[]> {
  const misses: string[] = [];
  const expect = async (what: string, wanted: string, got: Promise<string>) => {
    const heard = await got.catch((error: Error) => `nothing (${error.message.split("\n")[0]})`);
    if (heard !== wanted) misses.push(`${what}: expected ${wanted}, got ${heard}`);
  };
  await expect("a message", "there and back", peer.roundTrip("there and back", qos));
  await peer.retain("kept", qos);
  await expect("a retained message", "kept", peer.hear(qos, true));
  await peer.breakOff({ text: "gone", qos, isRetained: true }, true);
  await expect("a will", "gone", peer.hear(qos, true));
  await peer.retain("", qos);
  // What waits for a session: its own will, which came when it was gone. Of QoS 0 nothing waits.
  if (qos > 0) {
    await peer.breakOff({ text: "away", qos, isRetained: false }, false);
    await expect("what waited for a session", "away", peer.hear(qos, false));
    await peer.breakOff({ text: "away again", qos, isRetained: false }, false);
    await peer.retain("news", qos);
    await expect("a clean session after one that lasted", "news", peer.hear(qos, true));
  }
  return misses;
}
