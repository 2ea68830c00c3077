/* camera PORT PIPELINE [basic|digest USER PASSWORD]
 *
 * A network camera: what PIPELINE makes (it names its payloader pay0) is played at rtsp://127.0.0.1:PORT/live, live and for as many viewers as come.
 * It prints "ready" once it listens. With a user, whoever comes without that login is turned away. */
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>
#include <string.h>

static const char PATH[] = "/live";
static const char VIEWER[] = "viewer";

static GstRTSPAuth *lock(const char *way, const char *user, const char *password) {
	GstRTSPAuth *auth = gst_rtsp_auth_new();
	GstRTSPToken *token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, VIEWER, NULL);
	if (strcmp(way, "digest") == 0) {
		gst_rtsp_auth_set_supported_methods(auth, GST_RTSP_AUTH_DIGEST);
		gst_rtsp_auth_add_digest(auth, user, password, token);
	} else {
		char *proof = gst_rtsp_auth_make_basic(user, password);
		gst_rtsp_auth_add_basic(auth, proof, token);
		g_free(proof);
	}
	gst_rtsp_token_unref(token);
	return auth;
}

static GstRTSPMediaFactory *play(const char *pipeline, gboolean locked) {
	GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new();
	gst_rtsp_media_factory_set_launch(factory, pipeline);
	gst_rtsp_media_factory_set_shared(factory, TRUE);
	if (locked)
		gst_rtsp_media_factory_add_role(factory, VIEWER, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
		                                GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, NULL);
	return factory;
}

int main(int argc, char **argv) {
	if (argc != 3 && argc != 6) {
		g_printerr("usage: camera PORT PIPELINE [basic|digest USER PASSWORD]\n");
		return 2;
	}
	gst_init(NULL, NULL);
	GstRTSPServer *server = gst_rtsp_server_new();
	gst_rtsp_server_set_address(server, "127.0.0.1");
	gst_rtsp_server_set_service(server, argv[1]);
	GstRTSPMountPoints *mounts = gst_rtsp_server_get_mount_points(server);
	gst_rtsp_mount_points_add_factory(mounts, PATH, play(argv[2], argc == 6));
	g_object_unref(mounts);
	if (argc == 6) {
		GstRTSPAuth *auth = lock(argv[3], argv[4], argv[5]);
		gst_rtsp_server_set_auth(server, auth);
		g_object_unref(auth);
	}
	if (gst_rtsp_server_attach(server, NULL) == 0) {
		g_printerr("camera: cannot listen on port %s\n", argv[1]);
		return 1;
	}
	g_print("ready\n");
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
	return 0;
}
