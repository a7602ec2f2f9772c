/** Telling over PagerDuty. */
@NullMarked
package io.holdfast.notifier.pagerduty;

import org.jspecify.annotations.NullMarked;
