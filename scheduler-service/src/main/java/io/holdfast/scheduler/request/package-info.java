/** What people and programs ask for: backups, verifications, and that work stops. */
@NullMarked
package io.holdfast.scheduler.request;

import org.jspecify.annotations.NullMarked;
