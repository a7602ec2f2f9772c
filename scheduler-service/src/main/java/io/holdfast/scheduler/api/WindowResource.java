package io.holdfast.scheduler.api;

import io.holdfast.scheduler.window.ListedWindow;
import io.holdfast.scheduler.window.Windows;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** To which moments targets can be brought back. */
@SecurityRequirement(name = "token")
@Path("/api/backup/window")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class WindowResource {

    private final Windows windows;

    WindowResource(Windows windows) {
        this.windows = windows;
    }

    /** A list of windows, by target. */
    public record AllWindows(List<ListedWindow> windows) {}

    /** The windows of one target, or of all. */
    @GET
    public AllWindows list(@QueryParam("target") @Nullable String target) {
        String named = Arguments.text("target", target);
        return new AllWindows(named == null ? windows.all() : windows.of(named));
    }
}
