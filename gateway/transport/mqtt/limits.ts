/**
 * What the broker's front lets in, and what gives way past it. A device's connection is closed rather than anything that
 * was acknowledged being lost: what was not acknowledged, the device sends again.
 */
import { SESSION_LIMITS } from "../../sessions/session-limits.ts";

/** A connection that was not accepted by then is closed: TLS, the WebSocket's upgrade and CONNECT lie within it. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Keep-alive and the connect time-out are looked at this often, for all connections at once. */
export const SWEEP_EVERY_MS = 1_000;
/** MQTT lets a client be silent for one and a half of the keep-alive that it asked for. */
export const KEEP_ALIVE_GRACE = 1.5;

/** Connections over all doors, accepted or not; a newcomer past it is closed at once. */
export const CONNECTIONS_MAX = 2_000;

/** The whole of a CONNECT, its will and key included; a longer one closes the connection. Nothing else may come first. */
export const CONNECT_BYTES_MAX = 16 * 1024;
/** One frame of a device that is connected; a longer one closes the connection. Readings end at 64 KiB. */
export const FRAME_BYTES_MAX = 128 * 1024;
/** What a WebSocket may bring before it is accepted, its upgrade and frames included; past it, it is closed. */
export const WEBSOCKET_BYTES_BEFORE_ACCEPTED_MAX = 32 * 1024;

/**
 * Frames that are not whole yet and chunks that wait for room, over all connections; the connection that asks for more is
 * closed.
 */
export const HELD_BYTES_MAX = 32 * 1024 * 1024;

/** Publishes of one connection that were taken and are not answered; its socket is read no further until some are. */
export const UNANSWERED_MAX = 256;

/**
 * Messages of one connection that are on their way to subscribers; they go one after the other, through what all share, so
 * a device that floods waits for its own before it is read on.
 */
export const UNTOLD_MAX = 32;

/** What a client has not read; one that reads so slowly is cut off, so that nobody waits for it. */
export const UNSENT_BYTES_MAX = 256 * 1024;

/** A session that had kept much is emptied as fast as its device reads; one that reads nothing for so long is cut off. */
export const DRAIN_TIMEOUT_MS = 2_000;

/**
 * Filters of one device, and of one SUBSCRIBE: aedes has a lasting session keep all filters of a frame once for each of
 * them, so a thousand in one frame would be a million rows.
 */
export const SUBSCRIPTIONS_MAX = SESSION_LIMITS.subscriptionsMax;

/** Wills of devices that a restart cut off go out four of these after it, unless they are back by then: within a minute. */
export const WILLS_HEARTBEAT_MS = 15_000;
