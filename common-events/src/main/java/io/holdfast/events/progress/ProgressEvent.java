package io.holdfast.events.progress;

import io.holdfast.events.EventData;

/** How running work gets on, and who is there to do it. */
public sealed interface ProgressEvent extends EventData permits JobProgressed, WorkerHeartbeat {}
