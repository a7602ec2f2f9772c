package io.holdfast.scheduler.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** Says where things are. */
@Path("/")
@SecurityScheme(securitySchemeName = "token", type = SecuritySchemeType.HTTP, scheme = "bearer")
public class RootResource {

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, String> places() {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("name", "Holdfast");
        places.put("backups", "/api/backup/list");
        places.put("windows", "/api/backup/window");
        places.put("restores", "/api/backup/restore");
        places.put("events", "/api/backup/events");
        places.put("health", "/api/backup/health");
        places.put("readiness", "/q/health/ready");
        places.put("metrics", "/q/metrics");
        places.put("openapi", "/q/openapi");
        return places;
    }
}
