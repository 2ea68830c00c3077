; installer.nsi   what Sightline-VERSION-x64-setup.exe does, and its uninstaller. build/packages/windows.sh calls makensis with
;   TREE the folder of what is installed, and ROOM with files.txt (its names) and files.nsh (the same as macro calls), VERSION, NUMBERS, SIZE in kB,
;   OUT, WEBVIEW2 Microsoft's bootstrapper, ICON, HOMEPAGE (may be empty), where wanted SIGN, a program that signs the file it is given, and QUICK to
;   pack at once what then is four times as large
;
; Setup:        /S silent   /ALLUSERS for everybody, by an administrator   /DESKTOP with an icon on the desktop   /D=FOLDER (comes last, unquoted)
; uninstall:    /S silent   /SETTINGS settings and saved API keys go, too
; Both give 0 when done, 1 when the person cancelled, 2 when something failed; silently 3 while Sightline runs. 4 where an administrator is needed,
; 5 where the folder does not serve, 6 where Windows is too old. 3 to 6 change nothing.

Unicode true
Target amd64-unicode
!ifdef QUICK
  SetCompressor zlib
  SetCompress off
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64 ; as large as both programs together, which have most in common
!endif
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
AllowSkipFiles off
SetDateSave on
ShowInstDetails hide
ShowUninstDetails hide

Name "Sightline"
OutFile "${OUT}"
BrandingText "Sightline ${VERSION}"
InstallDir "$LOCALAPPDATA\Programs\Sightline"

VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey /LANG=1033 "ProductName" "Sightline"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "Sightline Setup"
VIAddVersionKey /LANG=1033 "CompanyName" "The authors of Sightline"
VIAddVersionKey /LANG=1033 "LegalCopyright" "Copyright 2026 The authors of Sightline, Apache-2.0"

!ifdef SIGN
  !uninstfinalize '"${SIGN}" "%1"' = 0
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh
!include WordFunc.nsh
!include TextFunc.nsh
!include nsDialogs.nsh

!define APPS "Software\Microsoft\Windows\CurrentVersion\Uninstall\Sightline"
!define CODE_RUNNING 3
!define CODE_ADMINISTRATOR 4
!define CODE_FOLDER 5
!define CODE_WINDOWS 6
!define LONGEST 220 ; characters of a folder out of which Windows still starts programs, with room for their names
!define CLIENT "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}" ; WebView2, as Microsoft documents it
!define WEBVIEW2_PAGE "https://developer.microsoft.com/microsoft-edge/webview2"
!define VISUALC_PAGE "https://aka.ms/vs/17/release/vc_redist.x64.exe"

Var Everybody ; 1: for all who use this computer
Var Icon      ; 1: with an icon on the desktop
Var Given     ; the folder named by /D; empty: none
Var Before    ; where the version lies that is replaced; empty: nowhere
Var Settings  ; 1: settings go, too
Var ForMe
Var ForAll
Var Box

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
Page custom WhoPage WhoChosen
!define MUI_DIRECTORYPAGE_TEXT_TOP "Sightline goes into this folder. A version that is there already is replaced; its settings and recordings stay."
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE FolderChosen
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
Page custom DonePage Start
UninstPage custom un.AskPage un.Asked
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Fail CODE TEXT: nothing was changed, and the person is told why.
!macro Fail CODE TEXT
  MessageBox MB_OK|MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend
!define Fail "!insertmacro Fail"

; ---- for whom, and where

Function .onInit
  ${IfNot} ${AtLeastWin10}
    ${Fail} ${CODE_WINDOWS} "Sightline needs Windows 10 or later."
  ${EndIf}
  ${GetParameters} $R0
  StrCpy $Everybody 0
  ${GetOptions} $R0 "/ALLUSERS" $R1
  ${IfNot} ${Errors}
    StrCpy $Everybody 1
  ${EndIf}
  StrCpy $Icon 0
  ClearErrors
  ${GetOptions} $R0 "/DESKTOP" $R1
  ${IfNot} ${Errors}
    StrCpy $Icon 1
  ${EndIf}
  ${If} $INSTDIR != "$LOCALAPPDATA\Programs\Sightline"
    StrCpy $Given $INSTDIR
  ${EndIf}
  ${If} $Everybody = 1
    Call BecomeAdministrator
    ${If} $0 != "yes"
      ${Fail} ${CODE_ADMINISTRATOR} "Only an administrator installs Sightline for everybody. Without one it can be installed for you alone."
    ${EndIf}
  ${EndIf}
  Call Settle
  ${If} ${Silent}
    Call CheckFolder
    ${If} $0 != ""
      ${Fail} ${CODE_FOLDER} "$0"
    ${EndIf}
  ${EndIf}
FunctionEnd

; BecomeAdministrator: $0 is "yes" where this is one. Else, unless silent, Windows asks for one, who goes on in a process of its own, and this one
; ends.
Function BecomeAdministrator
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 == "Admin"
    StrCpy $0 "yes"
    Return
  ${EndIf}
  StrCpy $0 "no"
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/ASKED" $R1
  ${If} ${Silent}
  ${OrIfNot} ${Errors} ; Windows was asked before: that was all there is to be had
    Return
  ${EndIf}
  StrCpy $R1 "/ASKED /ALLUSERS"
  ${If} $Icon = 1
    StrCpy $R1 "$R1 /DESKTOP"
  ${EndIf}
  ${If} $Given != ""
    StrCpy $R1 "$R1 /D=$Given"
  ${EndIf}
  ClearErrors
  ExecShell "runas" "$EXEPATH" "$R1"
  ${IfNot} ${Errors}
    Quit
  ${EndIf}
FunctionEnd

; Settle: where it goes, and what is replaced, for whom it is now.
Function Settle
  ${If} $Everybody = 1
    SetShellVarContext all
    StrCpy $INSTDIR "$PROGRAMFILES64\Sightline"
  ${Else}
    SetShellVarContext current
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\Sightline"
  ${EndIf}
  ReadRegStr $Before SHCTX "${APPS}" "InstallLocation"
  ${If} $Before != ""
    StrCpy $INSTDIR $Before
  ${EndIf}
  ${If} $Given != ""
    StrCpy $INSTDIR $Given
  ${EndIf}
FunctionEnd

; CheckFolder: $0 says why the folder does not serve; empty: it does.
Function CheckFolder
  StrLen $R0 $INSTDIR
  ${If} $R0 > ${LONGEST}
    StrCpy $0 "That folder's path is too long for Windows to start programs from it. Choose one of at most ${LONGEST} characters."
    Return
  ${EndIf}
  StrCpy $0 "Nothing can be written into $INSTDIR. Choose another folder."
  ClearErrors
  CreateDirectory "$INSTDIR\.new"
  ${If} ${Errors}
    Return
  ${EndIf}
  RMDir "$INSTDIR\.new"
  RMDir "$INSTDIR"
  StrCpy $0 ""
FunctionEnd

Function WhoPage
  ${GetParameters} $R1
  ClearErrors
  ${GetOptions} $R1 "/ALLUSERS" $R2
  ${IfNot} ${Errors}
    Abort ; chosen already
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "Install Sightline ${VERSION}" "Watches a live camera with any vision-language model."
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateRadioButton} 0 0 100% 14u "For &me only"
  Pop $ForMe
  ${NSD_CreateRadioButton} 0 18u 100% 14u "For &everybody who uses this computer (asks for an administrator)"
  Pop $ForAll
  ${NSD_CreateCheckBox} 0 44u 100% 14u "Put an icon on the &desktop"
  Pop $Box
  ReadRegStr $R1 HKLM "${APPS}" "InstallLocation"
  ReadRegStr $R2 HKCU "${APPS}" "InstallLocation"
  ${If} $R1 != "" ; a version that is replaced says for whom
  ${AndIf} $R2 == ""
  ${OrIf} $Everybody = 1
    ${NSD_Check} $ForAll
  ${Else}
    ${NSD_Check} $ForMe
  ${EndIf}
  ${If} $Icon = 1
    ${NSD_Check} $Box
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function WhoChosen
  ${NSD_GetState} $ForAll $Everybody
  ${NSD_GetState} $Box $Icon
  ${If} $Everybody = 1
    Call BecomeAdministrator
    ${If} $0 != "yes"
      MessageBox MB_OK|MB_ICONEXCLAMATION "Only an administrator installs Sightline for everybody. Without one it can be installed for you alone."
      Abort
    ${EndIf}
  ${EndIf}
  Call Settle
FunctionEnd

Function FolderChosen
  Call CheckFolder
  ${If} $0 != ""
    MessageBox MB_OK|MB_ICONEXCLAMATION "$0"
    Abort
  ${EndIf}
FunctionEnd

; ---- whether it runs

; WhileRunning FOLDER: waits a moment for a program in FOLDER that is just ending, then asks the person to close it; silently, that is the end.
; Windows lets nobody write into a program that runs.
!macro WhileRunning UN
Function ${UN}WhileRunning
  Exch $R0
  Push $R1
  Push $R2
  StrCpy $R2 0
  again:
  StrCpy $R1 "$R0\sightline.exe"
  Call ${UN}IsFree
  ${If} $0 == "yes"
    StrCpy $R1 "$R0\sightline-cli.exe"
    Call ${UN}IsFree
  ${EndIf}
  ${If} $0 == "yes"
    Pop $R2
    Pop $R1
    Pop $R0
    Return
  ${EndIf}
  IntOp $R2 $R2 + 1
  ${If} $R2 < 8
    Sleep 250
    Goto again
  ${EndIf}
  StrCpy $R1 "A recording that is being made is ended in good order."
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Sightline is running. Close its windows and its commands, then try again.$\r$\n$\r$\n$R1" \
    /SD IDCANCEL IDRETRY again
  ${IfNot} ${Silent}
    Abort "Sightline is running: nothing was changed."
  ${EndIf}
  SetErrorLevel ${CODE_RUNNING}
  Quit
FunctionEnd

; IsFree: $0 is "yes" unless the program $R1 is there and runs.
Function ${UN}IsFree
  StrCpy $0 "yes"
  ${IfNot} ${FileExists} "$R1"
    Return
  ${EndIf}
  Push $R3
  ClearErrors
  FileOpen $R3 "$R1" a
  ${If} ${Errors}
    StrCpy $0 "no"
  ${Else}
    FileClose $R3
  ${EndIf}
  Pop $R3
FunctionEnd
!macroend
!insertmacro WhileRunning ""
!insertmacro WhileRunning "un."

; ---- installing

; What files.nsh calls: "InFolder NAME" for each folder of TREE from the outside in, "EachFile NAME" for each file, "OutOfFolder NAME" from the
; inside out.
!macro FolderSkip NAME
!macroend

!macro FolderMake NAME
  CreateDirectory "$INSTDIR\${NAME}"
!macroend

; LeafSwap: the new file takes the old one's place.
!macro LeafSwap NAME
  Delete "$INSTDIR\${NAME}"
  ClearErrors
  Rename "$INSTDIR\.new\${NAME}" "$INSTDIR\${NAME}"
  ${If} ${Errors}
    StrCpy $0 "${NAME}"
    Call NotReplaced
  ${EndIf}
!macroend

!macro LeafDropNew NAME
  Delete "$INSTDIR\.new\${NAME}"
!macroend

!macro FolderDropNew NAME
  RMDir "$INSTDIR\.new\${NAME}"
!macroend

!macro LeafDrop NAME
  Delete "$INSTDIR\${NAME}"
!macroend

!macro FolderDrop NAME
  RMDir "$INSTDIR\${NAME}"
!macroend

!macro FilesBy FOLDER LEAF FOLDER_END
  !define InFolder "!insertmacro ${FOLDER}"
  !define EachFile "!insertmacro ${LEAF}"
  !define OutOfFolder "!insertmacro ${FOLDER_END}"
  !include "${ROOM}/files.nsh"
  !undef InFolder
  !undef EachFile
  !undef OutOfFolder
!macroend

Function NotReplaced
  DetailPrint "$INSTDIR\$0 could not be replaced."
  MessageBox MB_OK|MB_ICONSTOP "$INSTDIR\$0 could not be replaced. Close what has it open, then install Sightline once more." /SD IDOK
  Call DropNew
  Abort
FunctionEnd

; DropNew takes away what was unpacked.
Function DropNew
  SetOutPath "$TEMP"
  !insertmacro FilesBy FolderSkip LeafDropNew FolderDropNew
  RMDir "$INSTDIR\.new"
FunctionEnd

Function .onInstFailed
  Call DropNew
  RMDir "$INSTDIR" ; unless there is something in it
FunctionEnd

Section
  Push $INSTDIR
  Call WhileRunning
  ${If} $Before != ""
    Push $Before
    Call WhileRunning
  ${EndIf}
  ; Everything is unpacked before anything is replaced: a full disk leaves the old version as it was.
  SetOutPath "$INSTDIR\.new"
  SetFileAttributes "$INSTDIR\.new" HIDDEN
  File /r "${TREE}/*"
  SetOutPath "$INSTDIR"
  Delete "$INSTDIR\files.old"
  Rename "$INSTDIR\files.txt" "$INSTDIR\files.old"
  !insertmacro FilesBy FolderMake LeafSwap FolderSkip
  Call DropNew
  Call DropOld
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  Call MoveAway
  Call Enter
  Call BringWebView2
  Call LookForVisualC
  SetAutoClose true
SectionEnd

; DropOld removes what the version before has brought and this one does not: what files.old names and files.txt does not.
Function DropOld
  ClearErrors
  FileOpen $R0 "$INSTDIR\files.old" r
  ${If} ${Errors}
    Return
  ${EndIf}
  ${Do}
    ClearErrors
    FileRead $R0 $R1
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    ${TrimNewLines} "$R1" $R1
    Call IsStale
    ${If} $0 == "yes"
      Delete "$INSTDIR\$R1"
      Call DropFolders
    ${EndIf}
  ${Loop}
  FileClose $R0
  Delete "$INSTDIR\files.old"
FunctionEnd

; IsStale: $0 is "yes" for a name $R1 within this folder that files.txt does not have.
Function IsStale
  StrCpy $0 "no"
  ${WordFind} "\$R1\" "\..\" "E+1{" $R2 ; $R2 is what lies before a step upwards, and an error says that there is none
  ${IfNot} ${Errors}
    Return
  ${EndIf}
  ${WordFind} "x$R1x" ":" "E+1{" $R2
  ${IfNot} ${Errors}
    Return
  ${EndIf}
  StrCpy $R2 $R1 1
  ${If} $R1 == ""
  ${OrIf} $R2 == "\"
    Return
  ${EndIf}
  StrCpy $0 "yes"
  FileOpen $R2 "$INSTDIR\files.txt" r
  ${Do}
    ClearErrors
    FileRead $R2 $R3
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    ${TrimNewLines} "$R3" $R3
    ${If} $R3 == $R1
      StrCpy $0 "no"
      ${ExitDo}
    ${EndIf}
  ${Loop}
  FileClose $R2
FunctionEnd

; DropFolders removes the folders of $R1 that are empty now.
Function DropFolders
  ${Do}
    ${GetParent} "$R1" $R1
    ${If} $R1 == ""
      Return
    ${EndIf}
    RMDir "$INSTDIR\$R1"
  ${Loop}
FunctionEnd

; MoveAway removes the version before from where it was, if that was elsewhere.
Function MoveAway
  ${If} $Before == ""
  ${OrIf} $Before == $INSTDIR
    Return
  ${EndIf}
  ${If} ${FileExists} "$DESKTOP\Sightline.lnk"
    StrCpy $Icon 1
  ${EndIf}
  ExecWait '"$Before\uninstall.exe" /S _?=$Before'
  Delete "$Before\uninstall.exe"
  RMDir "$Before"
FunctionEnd

; Enter tells Windows of it.
Function Enter
  CreateShortcut "$SMPROGRAMS\Sightline.lnk" "$INSTDIR\sightline.exe"
  ${If} $Icon = 1
    CreateShortcut "$DESKTOP\Sightline.lnk" "$INSTDIR\sightline.exe"
  ${EndIf}
  WriteRegStr SHCTX "${APPS}" "DisplayName" "Sightline"
  WriteRegStr SHCTX "${APPS}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${APPS}" "DisplayIcon" "$INSTDIR\sightline.exe,0"
  WriteRegStr SHCTX "${APPS}" "Publisher" "The authors of Sightline"
  WriteRegStr SHCTX "${APPS}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${APPS}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${APPS}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${APPS}" "EstimatedSize" ${SIZE}
  WriteRegDWORD SHCTX "${APPS}" "NoModify" 1
  WriteRegDWORD SHCTX "${APPS}" "NoRepair" 1
  !if "${HOMEPAGE}" != ""
    WriteRegStr SHCTX "${APPS}" "URLInfoAbout" "${HOMEPAGE}"
  !endif
FunctionEnd

; HasWebView2: $0 is "yes" where the runtime is there, for everybody or for this person.
Function HasWebView2
  StrCpy $0 "no"
  ReadRegStr $R0 HKLM "SOFTWARE\WOW6432Node\${CLIENT}" "pv"
  ReadRegStr $R1 HKCU "Software\${CLIENT}" "pv"
  ${If} $R0 != ""
  ${AndIf} $R0 != "0.0.0.0"
    StrCpy $0 "yes"
  ${EndIf}
  ${If} $R1 != ""
  ${AndIf} $R1 != "0.0.0.0"
    StrCpy $0 "yes"
  ${EndIf}
FunctionEnd

; BringWebView2 has Microsoft's own program fetch the runtime. Without it Sightline is installed all the same, and says at its start what it lacks.
Function BringWebView2
  Call HasWebView2
  ${If} $0 == "yes"
    Return
  ${EndIf}
  SetDetailsPrint both
  DetailPrint "Fetching Microsoft Edge WebView2, which draws the window (some minutes)"
  SetDetailsPrint listonly
  InitPluginsDir
  File "/oname=$PLUGINSDIR\webview2.exe" "${WEBVIEW2}"
  nsExec::Exec /TIMEOUT=900000 '"$PLUGINSDIR\webview2.exe" /silent /install'
  Pop $R0
  Call HasWebView2
  ${If} $0 == "yes"
    Return
  ${EndIf}
  DetailPrint "Microsoft Edge WebView2 could not be fetched ($R0)."
  StrCpy $R1 "Sightline is installed, but Microsoft Edge WebView2, which draws its window, could not be fetched. Is this computer offline?"
  StrCpy $R2 "Install WebView2 from ${WEBVIEW2_PAGE}, or run this setup once more when there is a connection."
  MessageBox MB_OK|MB_ICONEXCLAMATION "$R1$\r$\n$\r$\n$R2 Until then sightline-cli.exe works, and the window does not." /SD IDOK
FunctionEnd

; LookForVisualC: the detector's runtime needs Microsoft's runtime of Visual C++, which most computers have from other programs. Without it everything
; else works.
Function LookForVisualC
  ${If} ${FileExists} "$SYSDIR\msvcp140_atomic_wait.dll"
  ${AndIf} ${FileExists} "$SYSDIR\vcruntime140_1.dll"
    Return
  ${EndIf}
  DetailPrint "Microsoft's Visual C++ runtime is missing or old: the built-in detector does not work yet."
  StrCpy $R1 "Sightline is installed. Its built-in detector also needs Microsoft's Visual C++ runtime, which is missing on this computer, or old."
  MessageBox MB_OK|MB_ICONINFORMATION "$R1$\r$\n$\r$\nGet it from ${VISUALC_PAGE}. Everything else works without it." /SD IDOK
FunctionEnd

Function DonePage
  !insertmacro MUI_HEADER_TEXT "Sightline is installed" "You find it in the Start menu."
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateCheckBox} 0 0 100% 14u "&Start Sightline now"
  Pop $Box
  ${NSD_Check} $Box
  ${NSD_CreateLabel} 0 28u 100% 48u "For commands in a terminal there is sightline-cli.exe in$\r$\n$INSTDIR"
  Pop $R0
  GetDlgItem $R0 $HWNDPARENT 1
  SendMessage $R0 ${WM_SETTEXT} 0 "STR:&Finish"
  GetDlgItem $R0 $HWNDPARENT 2
  EnableWindow $R0 0
  GetDlgItem $R0 $HWNDPARENT 3
  EnableWindow $R0 0
  nsDialogs::Show
FunctionEnd

; Start opens Sightline, where that is wanted, as the person themselves, not as the administrator that this program may be.
Function Start
  ${NSD_GetState} $Box $R0
  ${If} $R0 = ${BST_CHECKED}
    Exec '"$WINDIR\explorer.exe" "$INSTDIR\sightline.exe"'
  ${EndIf}
FunctionEnd

; ---- uninstalling

Function un.onInit
  ${GetParameters} $R0
  StrCpy $Settings 0
  ${GetOptions} $R0 "/SETTINGS" $R1
  ${IfNot} ${Errors}
    StrCpy $Settings 1
  ${EndIf}
  StrCpy $Everybody 0
  SetShellVarContext current
  ReadRegStr $Before HKCU "${APPS}" "InstallLocation"
  ${If} $Before != $INSTDIR
    ReadRegStr $Before HKLM "${APPS}" "InstallLocation"
    ${If} $Before == $INSTDIR
      StrCpy $Everybody 1
      Call un.BecomeAdministrator
    ${EndIf}
  ${EndIf}
FunctionEnd

Function un.BecomeAdministrator
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 == "Admin"
    Return
  ${EndIf}
  StrCpy $R2 "/ASKED"
  ${If} $Settings = 1
    StrCpy $R2 "/ASKED /SETTINGS"
  ${EndIf}
  ClearErrors
  ${GetOptions} $R0 "/ASKED" $R1
  ${IfNot} ${Silent}
  ${AndIf} ${Errors}
    ClearErrors
    ExecShell "runas" "$INSTDIR\uninstall.exe" "$R2"
    ${IfNot} ${Errors}
      Quit
    ${EndIf}
  ${EndIf}
  ${Fail} ${CODE_ADMINISTRATOR} "Sightline is installed for everybody. Only an administrator can uninstall it."
FunctionEnd

Function un.AskPage
  !insertmacro MUI_HEADER_TEXT "Uninstall Sightline" "Your recordings stay where they are."
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateLabel} 0 0 100% 24u "Sightline is removed from $INSTDIR."
  Pop $R0
  ${NSD_CreateCheckBox} 0 32u 100% 14u "Remove my &settings, too: windows, servers, prompts and saved API keys"
  Pop $Box
  ${If} $Settings = 1
    ${NSD_Check} $Box
  ${EndIf}
  GetDlgItem $R0 $HWNDPARENT 1
  SendMessage $R0 ${WM_SETTEXT} 0 "STR:&Uninstall"
  nsDialogs::Show
FunctionEnd

Function un.Asked
  ${NSD_GetState} $Box $Settings
FunctionEnd

Section "Uninstall"
  Push $INSTDIR
  Call un.WhileRunning
  SetOutPath "$TEMP"
  !insertmacro FilesBy FolderSkip LeafDropNew FolderDropNew
  RMDir "$INSTDIR\.new"
  !insertmacro FilesBy FolderSkip LeafDrop FolderDrop
  Delete "$INSTDIR\files.old"
  ${If} $Before == $INSTDIR
    ${If} $Everybody = 1
      SetShellVarContext all
    ${EndIf}
    Delete "$SMPROGRAMS\Sightline.lnk"
    Delete "$DESKTOP\Sightline.lnk"
    DeleteRegKey SHCTX "${APPS}"
  ${EndIf}
  SetShellVarContext current
  Call un.DropTraces
  ${If} $Settings = 1
    Call un.DropSettings
  ${EndIf}
  RMDir "$LOCALAPPDATA\sightline"
  Delete "$INSTDIR\uninstall.exe" ; until all else is done it can be started again
  RMDir "$INSTDIR" ; unless there is something in it that is not Sightline's
SectionEnd

; DropTraces removes what Sightline keeps of this person besides settings and recordings: locks, logs, the index of the recordings, and what the
; webview keeps. The folders named here are Sightline's alone.
Function un.DropTraces
  StrCpy $R0 "$LOCALAPPDATA\sightline"
  RMDir /r "$R0\cameras"
  RMDir /r "$R0\crashes"
  RMDir /r "$R0\metrics"
  RMDir /r "$R0\slots"
  RMDir /r "$R0\webview"
  Delete "$R0\sightline.log"
  Delete "$R0\sightline.log.1"
  Delete "$R0\settings.lock"
  Call un.DropLocks
  RMDir "$R0\windows"
  RMDir /r "$LOCALAPPDATA\cache\sightline"
  RMDir "$LOCALAPPDATA\cache"
  RMDir /r "$APPDATA\sightline.exe"
FunctionEnd

; DropLocks removes the folders of locks in which windows meet, beside what is kept of each window.
Function un.DropLocks
  FindFirst $R1 $R2 "$R0\windows\*"
  ${DoWhile} $R2 != ""
    ${If} $R2 != "."
    ${AndIf} $R2 != ".."
      Delete "$R0\windows\$R2\*.lock"
      Delete "$R0\windows\$R2\*.sock"
      RMDir "$R0\windows\$R2"
    ${EndIf}
    FindNext $R1 $R2
  ${Loop}
  FindClose $R1
FunctionEnd

Function un.DropSettings
  StrCpy $R0 "$LOCALAPPDATA\sightline"
  Delete "$R0\settings.json"
  Delete "$R0\settings.json.*"
  Delete "$R0\windows\*.json"
  Delete "$R0\windows\*.json.*"
  RMDir "$R0\windows"
  Call un.DropKeys
FunctionEnd

; DropKeys removes the API keys from this person's credentials: those whose name begins with "sightline:". A credential is its flags, its kind and
; the address of its name, and more that is left alone here.
Function un.DropKeys
  System::Call 'advapi32::CredEnumerateW(w "sightline:*", i 0, *i .R1, *p .R2) i .R0'
  ${If} $R0 = 0
    Return
  ${EndIf}
  StrCpy $R3 0
  ${While} $R3 < $R1
    IntOp $R4 $R3 * 8
    IntPtrOp $R4 $R2 + $R4
    System::Call '*$R4(p .R5)'
    System::Call '*$R5(i, i .R6, w .R7)'
    System::Call 'advapi32::CredDeleteW(w R7, i R6, i 0)'
    IntOp $R3 $R3 + 1
  ${EndWhile}
  System::Call 'advapi32::CredFree(p R2)'
FunctionEnd
