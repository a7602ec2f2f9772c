/** When: cron expressions in their time zones, which runs are due or were missed, and the clockwork that asks for them. */
@NullMarked
package io.holdfast.scheduler.schedule;

import org.jspecify.annotations.NullMarked;
