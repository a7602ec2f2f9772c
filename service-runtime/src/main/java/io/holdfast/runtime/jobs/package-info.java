/** Durable work: recorded with the request, run by one worker at a time, taken over from dead ones, ended exactly once. */
@NullMarked
package io.holdfast.runtime.jobs;

import org.jspecify.annotations.NullMarked;
