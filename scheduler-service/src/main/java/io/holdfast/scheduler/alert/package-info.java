/** What people say about alerts, passed on to whoever tells them. */
@NullMarked
package io.holdfast.scheduler.alert;

import org.jspecify.annotations.NullMarked;
