"""The pages of django-allauth that the site offers; the others are not there."""

from allauth.account import views as account
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path

from research.web.signing_in import oidc
from research.web.signing_in.mail import where_mail_is_sent

RESET = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),  # which says that it is closed
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("3rdparty/", oidc.connections, name="socialaccount_connections"),
    path("oidc/<str:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", oidc.callback, name="openid_connect_callback"),
    *(
        re_path(route, where_mail_is_sent(view), name=name)
        for route, view, name in (
            (r"^email/$", account.email, "account_email"),
            (r"^confirm-email/(?P<key>[-:\w]+)/$", account.confirm_email, "account_confirm_email"),
            (r"^password/reset/$", account.password_reset, "account_reset_password"),
            (r"^password/reset/done/$", account.password_reset_done, "account_reset_password_done"),
            (RESET, account.password_reset_from_key, "account_reset_password_from_key"),
            (
                r"^password/reset/key/done/$",
                account.password_reset_from_key_done,
                "account_reset_password_from_key_done",
            ),
        )
    ),
]
