/** The scheduler-service: when backups are made, what is known of them, and the way in for people and programs. */
@NullMarked
package io.holdfast.scheduler;

import org.jspecify.annotations.NullMarked;
